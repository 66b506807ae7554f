"""Solves one dumped problem with PyVRP. Reads JSON on stdin, writes JSON on stdout; only the search is timed.

PyVRP knows one window a client and no breaks. So a task is one client for each window it has, on the clock of a day from which the breaks are cut
out; the vehicles of each day have a profile of their own, whose arcs carry what a task is worth less on that day, or forbid it.
"""

import json
import sys
import time
from collections import defaultdict

import numpy as np
import pyvrp
from importlib.metadata import version

ALWAYS = 10**7


def clock(slot):
    """The day's time without its breaks, each taken in the middle of its window."""
    cuts = [((early + late) // 2, length) for early, late, length in slot["breaks"]]

    def compress(t):
        return t - sum(min(max(0, t - at), length) for at, length in cuts)

    return compress


def clients_of(problem, compress, bounds):
    """(task, window, {day: prize}) for each distinct window of each task; a window that reaches a bound of its day is open there."""
    clients = []
    for index, task in enumerate(problem["tasks"]):
        by_window = defaultdict(dict)
        for entry in task["days"]:
            opens, closes = bounds[entry["day"]]
            squeeze = compress[entry["day"]]
            for start, end in entry["windows"]:
                low = 0 if start <= opens else squeeze(start)
                high = ALWAYS if end >= closes - task["duration"] else squeeze(end)
                by_window[low, high][entry["day"]] = entry["prize"]
        clients += [(index, window, prizes) for window, prizes in by_window.items()]
    return clients


def build(problem):
    slots, tasks, places = problem["slots"], problem["tasks"], problem["places"]
    compress = {slot["day"]: clock(slot) for slot in slots}
    bounds = {slot["day"]: (slot["open"], slot["close"]) for slot in slots}
    clients = clients_of(problem, compress, bounds)
    depots = sorted({slot[end] for slot in slots for end in ("start", "end")})
    where = np.array(depots + [tasks[task]["place"] for task, _, _ in clients])
    travel = np.array(problem["time"], dtype=np.int64).reshape(places, places)[np.ix_(where, where)]
    cost = np.array(problem["cost"], dtype=np.int64).reshape(places, places)[np.ix_(where, where)]
    np.fill_diagonal(travel, 0)
    np.fill_diagonal(cost, 0)

    days = sorted(bounds)
    top = [max(prizes.values()) for _, _, prizes in clients]
    promise = 10 * max(top, default=1)
    worth = [best + (promise if tasks[task]["group"] < 0 else 0) for best, (task, _, _) in zip(top, clients)]
    distances = []
    for day in days:
        # A day on which a task is not offered takes all that it is worth: larger numbers would spoil the first penalties, which are means of arcs.
        extra = [0] * len(depots) + [best - prizes[day] if day in prizes else all + 1 for best, all, (_, _, prizes) in zip(top, worth, clients)]
        matrix = cost + np.array(extra, dtype=np.int64)[None, :]
        np.fill_diagonal(matrix, 0)
        distances.append(matrix)

    members = defaultdict(list)
    for position, (task, _, _) in enumerate(clients):
        members[tasks[task]["group"] if tasks[task]["group"] >= 0 else f"task {task}"].append(position)
    exclusive = {key: number for number, key in enumerate(k for k, own in members.items() if len(own) > 1)}
    group_of = {position: exclusive.get(key) for key, own in members.items() for position in own}
    groups = [pyvrp.ClientGroup([len(depots) + position for position in members[key]], required=False) for key in exclusive]

    made = []
    for position, (task, (low, high), _) in enumerate(clients):
        made.append(
            pyvrp.Client(
                x=0,
                y=0,
                delivery=[1],
                service_duration=tasks[task]["duration"],
                tw_early=low,
                tw_late=high,
                prize=worth[position],
                required=False,
                group=group_of[position],
            )
        )
    vehicles = defaultdict(list)
    for index, slot in enumerate(slots):
        vehicles[json.dumps(slot)].append(index)
    types = []
    for own in vehicles.values():
        slot = slots[own[0]]
        squeeze = compress[slot["day"]]
        early, late = squeeze(slot["open"]), squeeze(slot["close"])
        types.append(
            pyvrp.VehicleType(
                num_available=len(own),
                capacity=[slot["maxVisits"] if slot["maxVisits"] is not None else ALWAYS],
                start_depot=depots.index(slot["start"]),
                end_depot=depots.index(slot["end"]),
                tw_early=early,
                tw_late=late,
                profile=days.index(slot["day"]),
            )
        )
    made_depots = [pyvrp.Depot(x=0, y=0) for _ in depots]
    data = pyvrp.ProblemData(made, made_depots, types, distances, [travel] * len(days), groups)
    return data, [task for task, _, _ in clients], len(depots), list(vehicles.values())


def main():
    problem = json.load(sys.stdin)
    data, task_of, num_depots, vehicles = build(problem)
    # From its random first plan the search does not find back to a feasible one where many tasks exclude each other; from an empty plan it does.
    penalty = pyvrp.PenaltyParams(min_penalty=problem["options"].get("minPenalty", 0.1))
    start = time.process_time()
    result = pyvrp.solve(
        data,
        stop=lambda _: time.process_time() - start >= problem["seconds"],
        seed=problem["seed"],
        initial_solution=pyvrp.Solution(data, []) if data.num_groups > 0 else None,
        collect_stats=False,
        display=False,
        params=pyvrp.SolveParams(penalty=penalty),
    )
    spent = time.process_time() - start
    routes = [[] for _ in problem["slots"]]
    free = [list(own) for own in vehicles]
    for route in result.best.routes():
        routes[free[route.vehicle_type()].pop(0)] = [task_of[visit - num_depots] for visit in route.visits()]
    json.dump({"routes": routes, "cpu_seconds": spent, "version": f"PyVRP {version('pyvrp')}", "iterations": result.num_iterations}, sys.stdout)


main()
