"""A run of `specs/breast_cancer.yaml` behind FastAPI, as one writes it."""

import json
import os

import torch
from fastapi import FastAPI
from pydantic import create_model
from safetensors.torch import load_file
from torch import nn

run = os.environ["RUN"]
with open(f"{run}/preprocessing.json") as file:
    nuclei = json.load(file)["features"]["nuclei"]
offset, scale = torch.tensor(nuclei["offset"]), torch.tensor(nuclei["scale"])
shapes = {tuple(each.shape): each for each in load_file(f"{run}/best.safetensors").values()}
model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
names = {"0.weight": (16, 30), "0.bias": (16,), "2.weight": (1, 16), "2.bias": (1,)}
model.load_state_dict({name: shapes[shape] for name, shape in names.items()})
model.eval()
torch.set_num_threads(1)

Row = create_model("Row", **dict.fromkeys(nuclei["columns"], (float, ...)))
Request = create_model("Request", rows=(list[Row], ...))
app = FastAPI()


@app.get("/ready")
def ready():
    return {"status": "ready"}


@app.post("/predict")
def predict(request: Request):
    x = torch.tensor([[getattr(row, name) for name in nuclei["columns"]] for row in request.rows])
    with torch.inference_mode():
        probabilities = model((x - offset) / scale)[:, 0].tolist()
    return {
        "predictions": [
            {
                "diagnosis": "malignant" if probability >= 0.5 else "benign",
                "diagnosis_probability_malignant": probability,
            }
            for probability in probabilities
        ]
    }
