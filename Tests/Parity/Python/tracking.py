"""What pyarrow, pandas, DuckDB, TensorBoard and MLflow find in files that TrackingFormats wrote.

Reads, in the folder: measurements.parquet, trials.parquet, tensorboard/ and mlflow/. Writes answers.json.
Numbers are answered as texts, for JSON has neither not-a-number nor infinities.
"""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

# From 3.13 on MLflow opens a file store only when it is told to.
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

import duckdb
import pandas
import pyarrow.parquet
from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = Path(sys.argv[1])
columns = ["arm", "axis_data", "seed", "stage", "step", "metric", "tags", "value"]


def row(values):
    """A row as texts, what is absent as null: pandas has several ways to say so."""
    *names, number = values
    cells = [None if name is None or name != name else str(name) for name in names]
    return cells + [repr(float(number))]


def parquet():
    path = str(folder / "measurements.parquet")
    file = pyarrow.parquet.ParquetFile(path)
    table = file.read()
    frame = pandas.read_parquet(path)
    found = duckdb.sql(f"SELECT {', '.join(columns)} FROM '{path}'").fetchall()
    trials = pyarrow.parquet.read_table(str(folder / "trials.parquet"))
    return {
        "groups": file.metadata.num_row_groups,
        "schema": {field.name: [str(field.type), field.nullable] for field in file.schema_arrow},
        "pyarrow": [row(values) for values in zip(*(table[name].to_pylist() for name in columns))],
        "pandas": [row(values) for values in frame[columns].itertuples(index=False)],
        "duckdb": [row(values) for values in found],
        "trials": {name: [str(cell) for cell in trials[name].to_pylist()] for name in trials.column_names},
        "trials by duckdb": duckdb.sql(
            f"SELECT state, count(*) FROM '{folder / 'trials.parquet'}' GROUP BY state ORDER BY state"
        ).fetchall(),
    }


def accumulator():
    runs = {}
    root = folder / "tensorboard"
    for file in sorted(root.glob("*/*/*tfevents*")):
        events = EventAccumulator(str(file.parent), size_guidance={"scalars": 0})
        events.Reload()
        runs[str(file.parent.relative_to(root))] = {
            tag: [[event.wall_time, event.step, repr(event.value)] for event in events.Scalars(tag)]
            for tag in events.Tags()["scalars"]
        }
    return runs


def server():
    """The same by the real server, from its answers over HTTP."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder / "tensorboard"),
         "--port", "0", "--host", "127.0.0.1"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if " at http" in line:
                home = line.split(" at ")[1].split(" ")[0] + "data"
                break
        else:
            raise RuntimeError("tensorboard ended before it listened")

        def get(path, body=None):
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(
                f"{home}/{path}", data=data, headers={"Content-Type": "application/json"})
            return json.load(urllib.request.urlopen(request, timeout=60))

        # It reads the folder while it answers, so what it has read has to stand still.
        before, runs = None, []
        until = time.monotonic() + 60
        while not runs or before != runs:
            if time.monotonic() > until:
                raise RuntimeError(f"tensorboard still reads after a minute: {runs}")
            time.sleep(1)
            before, runs = runs, get("plugin/scalars/tags")
        scalars = {
            run: {
                tag: [
                    [time_, step, repr(float(value))]
                    for time_, step, value in get(
                        "plugin/scalars/scalars?" + urllib.parse.urlencode({"run": run, "tag": tag}))
                ]
                for tag in tags
            }
            for run, tags in runs.items()
        }
        statuses = ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"]
        groups = get(
            "plugin/hparams/session_groups",
            {"startIndex": 0, "sliceSize": 100, "allowedStatuses": statuses, "colParams": []})
        return {
            "scalars": scalars,
            "groups": {
                group["name"]: {
                    "hparams": {name: str(value) for name, value in group["hparams"].items()},
                    "statuses": sorted(session["status"] for session in group["sessions"]),
                }
                for group in groups["sessionGroups"]
            },
        }
    finally:
        # Under the tests' runner it does not hear a request to leave. Its data server leaves with it.
        process.kill()
        process.wait(timeout=60)


def mlflow():
    client = MlflowClient((folder / "mlflow" / "mlruns").absolute().as_uri())
    (experiment,) = client.search_experiments()
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    finished = client.search_runs([experiment.experiment_id], "attributes.status = 'FINISHED'")
    return {
        "experiment": experiment.name,
        "finished": len(finished),
        "runs": {
            run.info.run_name: {
                "status": run.info.status,
                "params": run.data.params,
                "tags": run.data.tags,
                "metrics": {
                    key: [
                        [point.timestamp, point.step, repr(point.value)]
                        for point in client.get_metric_history(run.info.run_id, key)
                    ]
                    for key in run.data.metrics
                },
            }
            for run in runs
        },
    }


answers = {
    "parquet": parquet(), "accumulator": accumulator(), "server": server(), "mlflow": mlflow()}
(folder / "answers.json").write_text(json.dumps(answers))
