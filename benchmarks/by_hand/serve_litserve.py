"""A run of `specs/breast_cancer.yaml` behind LitServe, as its tutorial has it."""

import json
import os
import sys

import litserve
import torch
from safetensors.torch import load_file
from torch import nn


class Diagnosis(litserve.LitAPI):
    def setup(self, device):  # noqa: ARG002
        run = os.environ["RUN"]
        with open(f"{run}/preprocessing.json") as file:
            self.nuclei = json.load(file)["features"]["nuclei"]
        self.offset = torch.tensor(self.nuclei["offset"])
        self.scale = torch.tensor(self.nuclei["scale"])
        found = load_file(f"{run}/best.safetensors").values()
        shapes = {tuple(each.shape): each for each in found}
        self.model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
        names = {"0.weight": (16, 30), "0.bias": (16,), "2.weight": (1, 16), "2.bias": (1,)}
        self.model.load_state_dict({name: shapes[shape] for name, shape in names.items()})
        self.model.eval()
        torch.set_num_threads(1)

    def decode_request(self, request):
        (row,) = request["rows"]
        return torch.tensor([row[name] for name in self.nuclei["columns"]])

    def batch(self, inputs):
        return torch.stack(inputs)

    def predict(self, x):
        with torch.inference_mode():
            return self.model((x - self.offset) / self.scale)[:, 0]

    def unbatch(self, output):
        return output.tolist()

    def encode_response(self, output):
        return {
            "predictions": [
                {
                    "diagnosis": "malignant" if output >= 0.5 else "benign",
                    "diagnosis_probability_malignant": output,
                }
            ]
        }


if __name__ == "__main__":
    api = Diagnosis(max_batch_size=64, batch_timeout=float(sys.argv[2]))
    server = litserve.LitServer(api, accelerator="cpu")
    server.run(port=int(sys.argv[1]), log_level="warning", generate_client_file=False)
