"""Reference values for ResultStatistics, by scipy and by plain definitions.

    python3 make.py 1 > values.json       (scipy 1.17.1, numpy 2.4.6, rliable 1.2.0, arch 7.2.0)

Each section holds inputs and what another program makes of them. `rliable` is asked where it is installed;
without it the section of that name is missing, and its published formulas stand in the others. The
authors' own example data (Atari 100k, in a storage bucket) is no part of the package: the matrix
below has its shape.
"""
import itertools
import json
import math
import sys

import numpy as np
from scipy import integrate, optimize, stats

rng = np.random.default_rng(int(sys.argv[1]))


def aggregates():
    cases = []
    for runs, tasks in [(10, 26), (5, 7), (3, 1), (2, 3), (1, 5)]:
        scores = np.round(rng.normal(size=(runs, tasks)) * 0.5 + np.arange(tasks) / tasks, 3)
        thresholds = [-0.5, 0.0, 0.25, 1.0, 5.0]
        cases.append({
            "runs": scores.tolist(),
            "iqm": stats.trim_mean(scores, 0.25, axis=None),
            "mean": np.mean(np.mean(scores, axis=0)),
            "median": np.median(np.mean(scores, axis=0)),
            "gap": 1 - np.mean(np.minimum(scores, 1)),
            "thresholds": thresholds,
            "shares": [np.mean(scores > t) for t in thresholds],
        })
    return cases


def improvement():
    cases = []
    for first, second, tasks in [(10, 10, 6), (3, 5, 4), (1, 2, 2)]:
        # One decimal: ties.
        x = np.round(rng.normal(size=(first, tasks)) + 0.4, 1)
        y = np.round(rng.normal(size=(second, tasks)), 1)
        u = [stats.mannwhitneyu(x[:, t], y[:, t]).statistic for t in range(tasks)]
        cases.append({"first": x.tolist(), "second": y.tolist(),
                      "value": np.mean(u) / (first * second)})
    return cases


def pass_at_k():
    cases = []
    for n, k in [(1, 1), (8, 1), (8, 4), (16, 8), (200, 100), (200, 1)]:
        c = int(rng.integers(0, n + 1))
        cases.append({"n": n, "c": c, "k": k, "value": 1 - math.comb(n - c, k) / math.comb(n, k)})
    return cases


def survival():
    cases = []
    for n in [3, 5, 10, 20, 40]:
        # Whole tens: ties, also of events with censored times.
        times = np.maximum(10 * np.round(rng.exponential(20, size=n)), 10)
        censored = rng.uniform(size=n) < 0.3
        data = stats.CensoredData(uncensored=times[~censored], right=times[censored])
        curve = stats.ecdf(data).sf
        band = curve.confidence_interval(0.95, method="log-log")
        horizon = float(times.max())
        rows = []
        for q, p in zip(curve.quantiles, curve.probabilities):
            if np.any((times == q) & ~censored):
                rows.append([q, p])
        bounds = []
        for q, p, lo, hi in zip(curve.quantiles, curve.probabilities, band.low.probabilities,
                                band.high.probabilities):
            if np.any((times == q) & ~censored) and 0 < p < 1:
                bounds.append([lo, hi])
        # The area under the steps, and Greenwood's sum, by the definition.
        step = [(0.0, 1.0)] + [tuple(r) for r in rows] + [(horizon, None)]
        value = sum(s * (b[0] - t) for (t, s), b in zip(step, step[1:]))
        variance = 0.0
        for t, s in rows:
            d = np.sum((times == t) & ~censored)
            at_risk = np.sum(times >= t)
            area = sum(
                u * (max(b[0], t) - max(a, t)) for (a, u), b in zip(step, step[1:]))
            if at_risk > d:
                variance += area**2 * d / (at_risk * (at_risk - d))
        known = int(np.sum(~censored | (times >= horizon)))
        case = {"times": times.tolist(), "censored": censored.tolist(), "drops": rows,
                "bounds": bounds, "horizon": horizon, "restricted": value}
        if known > 1:
            case["error"] = math.sqrt(variance * known / (known - 1))
        cases.append(case)
    return cases


def crossed():
    cases = []
    for seeds, problems in [(2, 2), (5, 8), (10, 30)]:
        table = (rng.normal(size=(seeds, 1)) + 2 * rng.normal(size=(1, problems))
                 + rng.normal(size=(seeds, problems)))
        # Sums of squares by least squares on indicator columns.
        rows = np.kron(np.eye(seeds), np.ones((problems, 1)))
        columns = np.kron(np.ones((seeds, 1)), np.eye(problems))
        flat = table.reshape(-1)

        def left(design):
            return np.sum((flat - design @ np.linalg.lstsq(design, flat, rcond=None)[0]) ** 2)

        both = left(np.hstack([rows, columns]))
        ms_residual = both / ((seeds - 1) * (problems - 1))
        ms_seed = (left(columns) - both) / (seeds - 1)
        ms_problem = (left(rows) - both) / (problems - 1)
        seed = max(0, (ms_seed - ms_residual) / problems)
        problem = max(0, (ms_problem - ms_residual) / seeds)
        over_seeds = stats.ttest_1samp(table.mean(axis=1), 0).confidence_interval(0.95)
        cases.append({
            "scores": table.tolist(), "seed": seed, "problem": problem, "residual": ms_residual,
            "over_seeds": stats.sem(table.mean(axis=1)),
            "over_both": math.sqrt(seed / seeds + problem / problems
                                   + ms_residual / (seeds * problems)),
            "twice": math.sqrt(seed / (2 * seeds) + problem / (3 * problems)
                               + ms_residual / (6 * seeds * problems)),
            "interval": [over_seeds.low, over_seeds.high],
        })
    return cases


def factorial():
    cases = []
    for levels, seeds in [((2, 2), 3), ((2, 3, 2), 6), ((2, 2, 2, 2), 4)]:
        shape = levels + (seeds,)
        values = rng.normal(size=shape)
        factors = len(levels)

        def marginal(fixed):
            index = tuple(fixed.get(f, slice(None)) for f in range(factors))
            part = values[index]
            return part.reshape(-1, seeds).mean(axis=0)

        main, interactions = [], []
        for f in range(factors):
            for a in range(1, levels[f]):
                main.append(marginal({f: a}) - marginal({f: 0}))
        for f, g in itertools.combinations(range(factors), 2):
            for a in range(1, levels[f]):
                for b in range(1, levels[g]):
                    interactions.append(marginal({f: a, g: b}) - marginal({f: 0, g: b})
                                        - marginal({f: a, g: 0}) + marginal({f: 0, g: 0}))

        def tested(contrasts):
            out = []
            for contrast in contrasts:
                r = stats.ttest_1samp(contrast, 0)
                i = r.confidence_interval(0.95)
                out.append([contrast.mean(), i.low, i.high, r.pvalue])
            return out

        cases.append({
            "levels": list(levels),
            "cells": [{"levels": list(c), "values": values[c].tolist()}
                      for c in itertools.product(*[range(n) for n in levels])],
            "main": tested(main), "interactions": tested(interactions)})
    return cases


def sequences():
    """The ends by another way: the mixture of noncentral over central t densities, integrated over
    the effect, is 1/alpha there."""
    precision, alpha, cases = 0.1, 0.05, []
    for n in [3, 4, 6, 10]:
        x = rng.normal(size=n) + 0.5
        error = stats.sem(x)

        def evidence(distance):
            t = distance / error
            under = stats.t.pdf(t, n - 1)

            def density(delta):
                return (stats.nct.pdf(t, n - 1, delta * math.sqrt(n))
                        * stats.norm.pdf(delta, scale=precision**-0.5))

            value = integrate.quad(density, -40, 40, points=[0, t / math.sqrt(n)], limit=400,
                                   epsabs=0, epsrel=1e-10)[0]
            return value / under - 1 / alpha

        half = optimize.brentq(evidence, 0.1 * error, 30 * error, xtol=1e-13)
        cases.append({"values": x.tolist(), "interval": [x.mean() - half, x.mean() + half]})
    return cases


def equivalence():
    cases = []
    for n in [2, 5, 12]:
        x = rng.normal(size=n) * 0.5 + 30
        reference, margin = 30.1, 0.7
        above = stats.ttest_1samp(x, reference - margin, alternative="greater").pvalue
        below = stats.ttest_1samp(x, reference + margin, alternative="less").pvalue
        i = stats.ttest_1samp(x - reference, 0).confidence_interval(0.90)
        cases.append({"values": x.tolist(), "reference": reference, "margin": margin,
                      "p": max(above, below), "interval": [i.low, i.high]})
    return cases


def published_estimator():
    """Intervals by rliable itself, 20,000 resamples (2,000 of the slow one); they carry Monte Carlo error on both sides."""
    from rliable import library, metrics
    scores = np.round(rng.normal(size=(10, 26)) * 0.3 + np.arange(26) / 26, 3)
    other = np.round(rng.normal(size=(10, 26)) * 0.3 + np.arange(26) / 26 - 0.05, 3)
    names = {"iqm": metrics.aggregate_iqm, "mean": metrics.aggregate_mean,
             "median": metrics.aggregate_median, "gap": metrics.aggregate_optimality_gap}
    points, ends = library.get_interval_estimates(
        {"a": scores}, lambda x: np.array([f(x) for f in names.values()]), reps=20_000)
    points, ends = points["a"], ends["a"]
    out = {"first": scores.tolist(), "second": other.tolist()}
    for index, name in enumerate(names):
        out[name] = [points[index], ends[0, index], ends[1, index]]
    p, i = library.get_interval_estimates(
        {"a,b": (scores, other)}, metrics.probability_of_improvement, reps=2_000)
    out["improvement"] = [p["a,b"], i["a,b"][0][0], i["a,b"][1][0]]
    thresholds = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    shares, band = library.create_performance_profile({"a": scores}, thresholds, reps=20_000)
    out["thresholds"] = thresholds.tolist()
    out["shares"] = shares["a"].tolist()
    out["bands"] = band["a"].T.tolist()
    return out


values = {"aggregates": aggregates(), "improvement": improvement(), "pass_at_k": pass_at_k(),
          "survival": survival(), "crossed": crossed(), "factorial": factorial(),
          "sequences": sequences(), "equivalence": equivalence()}
if "--without-rliable" not in sys.argv:
    try:
        values["rliable"] = published_estimator()
    except (ImportError, TypeError):
        # TypeError: its dependency arch 7.2 cannot be imported beside pandas 3.
        pass
print(json.dumps(values, default=lambda number: number.item()))
