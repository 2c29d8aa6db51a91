"""Trains SetFit and classifies, in the Python that has it: setfit_run.py GIVEN.json FOUND.json."""

import json
import sys
import tempfile

import torch
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments


def main(given: str, found: str) -> None:
    torch.set_num_threads(1)
    with open(given, encoding="utf8") as file:
        told = json.load(file)
    texts, labels = zip(*told["train"], strict=True)
    model = SetFitModel.from_pretrained(told["encoder"], labels=sorted(set(labels)))
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            seed=told["seed"],
            batch_size=told["batch_size"],
            num_epochs=told["num_epochs"],
            num_iterations=told["num_iterations"],
            report_to="none",
            save_strategy="no",
        )
        data = Dataset.from_dict({"text": texts, "label": labels})
        Trainer(model=model, args=arguments, train_dataset=data).train()
    predicted = [str(label) for label in model.predict(told["texts"], batch_size=32)]
    with open(found, "w", encoding="utf8") as file:
        json.dump(predicted, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
