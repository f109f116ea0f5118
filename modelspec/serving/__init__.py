"""A trained model behind HTTP: an ASGI application, and the server that runs it.

`description` says what a model takes and answers; the schema, the page of documentation and the
page with a form are made of it. Nothing here but `worker` imports torch.
"""
