"""`jsonschema` on the committed schemas, the shipped files and files that are wrong.

Reads cases.json: schemas by name, and cases, each a value and the name of its schema. Writes
answers.json: what is wrong with each schema itself, and with each value.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

folder = Path(sys.argv[1])
given = json.loads((folder / "cases.json").read_text())

faults = {}
for name, schema in given["schemas"].items():
    try:
        Draft202012Validator.check_schema(schema)
        faults[name] = []
    except SchemaError as error:
        faults[name] = [error.message]

answers = {}
for case in given["cases"]:
    validator = Draft202012Validator(given["schemas"][case["schema"]])
    answers[case["name"]] = [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(case["value"])
    ]

(folder / "answers.json").write_text(json.dumps({"schemas": faults, "cases": answers}))
