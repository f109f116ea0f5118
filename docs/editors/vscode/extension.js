// Starts the server, and shows the diagram that it draws beside the text.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const WAIT_MS = 200;

let client;
let panel;
let timer;

async function start() {
  const settings = vscode.workspace.getConfiguration("modelspec");
  const [command, ...args] = settings.get("command");
  client = new LanguageClient(
    "modelspec",
    "modelspec",
    { command, args },
    {
      documentSelector: [{ language: "yaml" }],
      initializationOptions: { hints: settings.get("hints") },
      synchronize: {
        configurationSection: "modelspec",
        fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{yaml,yml}"),
      },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const way = "install it, `pip install 'modelspec[lsp]'`, or name it in `modelspec.command`";
    vscode.window.showErrorMessage(`modelspec: \`${command}\` does not start: ${way}. ${error}`);
  }
}

function showDiagram() {
  if (!panel) {
    const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    panel = vscode.window.createWebviewPanel("modelspec.diagram", "Diagram", beside, {});
    panel.onDidDispose(() => {
      panel = undefined;
    });
  }
  draw();
}

async function draw() {
  const editor = vscode.window.activeTextEditor;
  if (!panel || !client || !client.isRunning() || editor?.document.languageId !== "yaml") return;
  const { line, character } = editor.selection.active;
  const svg = await client.sendRequest("workspace/executeCommand", {
    command: "modelspec.diagram",
    arguments: [editor.document.uri.toString(), { line, character }],
  });
  if (!panel || !svg) return;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const drawing = svg.replace(/^<\?xml[^>]*\?>/, "");
  panel.webview.html = `<!doctype html><html><head>${meta}</head><body>${drawing}</body></html>`;
}

function drawSoon() {
  clearTimeout(timer);
  timer = setTimeout(draw, WAIT_MS);
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("modelspec.showDiagram", showDiagram),
    vscode.commands.registerCommand("modelspec.restart", async () => {
      await client?.stop();
      await start();
    }),
    vscode.window.onDidChangeTextEditorSelection(drawSoon),
    vscode.workspace.onDidChangeTextDocument(drawSoon),
  );
  await start();
}

function deactivate() {
  clearTimeout(timer);
  return client?.stop();
}

module.exports = { activate, deactivate };
