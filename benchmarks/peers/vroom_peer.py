"""Solves one dumped problem with VROOM (pyvroom), at its deepest exploration, until it is done. JSON on stdin and stdout; only the search is timed.

The days lie end to end on one axis. VROOM maximises priorities of 0 to 100, not prizes, and knows no tasks that exclude each other: a group has its
best task only.
"""

import json
import math
import sys
import time
from importlib.metadata import version

import numpy as np
import vroom

DAY = 1_000_000


def priorities(tasks):
    """Prizes on VROOM's scale: exactly where they are multiples of one number up to 100 times, else by the largest but the top hundredth."""
    best = [max(entry["prize"] for entry in task["days"]) for task in tasks]
    unit = math.gcd(*best) or 1
    if max(best, default=0) <= 100 * unit:
        return [prize // unit for prize in best]
    top = max(1, float(np.quantile(best, 0.99)))
    return [max(1, min(100, round(100 * prize / top))) for prize in best]


def main():
    problem = json.load(sys.stdin)
    best = {}
    for index, task in enumerate(problem["tasks"]):
        prize = max(entry["prize"] for entry in task["days"])
        key = task["group"] if task["group"] >= 0 else f"task {index}"
        if key not in best or prize > best[key][0]:
            best[key] = (prize, index)
    chosen = sorted(index for _, index in best.values())
    tasks = [problem["tasks"][index] for index in chosen]

    model = vroom.Input()
    places = problem["places"]
    model.set_durations_matrix("car", np.array(problem["time"], dtype=np.uint32).reshape(places, places))
    model.set_costs_matrix("car", np.array(problem["cost"], dtype=np.uint32).reshape(places, places))
    for index, slot in enumerate(problem["slots"]):
        axis = slot["day"] * DAY
        pauses = [
            vroom.Break(100 * index + number, [vroom.TimeWindow(axis + early, axis + late)], service=length)
            for number, (early, late, length) in enumerate(slot["breaks"])
        ]
        limits = {}
        if slot["maxVisits"] is not None:
            limits["max_tasks"] = slot["maxVisits"]
        if slot["maxTravel"] is not None:
            limits["max_travel_time"] = slot["maxTravel"]
        nowhere = places - 1
        model.add_vehicle(
            vroom.Vehicle(
                index,
                start=slot["start"],
                end=slot["end"] if slot["end"] != nowhere else None,
                time_window=vroom.TimeWindow(axis + slot["open"], axis + slot["close"]),
                breaks=pauses,
                **limits,
            )
        )
    for index, task, priority in zip(chosen, tasks, priorities(tasks)):
        windows = [
            vroom.TimeWindow(entry["day"] * DAY + start, entry["day"] * DAY + end) for entry in task["days"] for start, end in entry["windows"]
        ]
        model.add_job(
            vroom.Job(
                index,
                task["place"],
                default_service=task["duration"],
                priority=100 if task["group"] < 0 else priority,
                time_windows=windows,
            )
        )
    start = time.process_time()
    solution = model.solve(exploration_level=5, nb_threads=1)
    spent = time.process_time() - start
    routes = [[] for _ in problem["slots"]]
    for route in solution.to_dict()["routes"]:
        routes[route["vehicle"]] = [step["id"] for step in route["steps"] if step["type"] == "job"]
    json.dump({"routes": routes, "cpu_seconds": spent, "version": f"VROOM (pyvroom {version('pyvroom')})"}, sys.stdout)


main()
