"""Solves one dumped problem with OR-Tools' routing library. JSON on stdin and stdout; only the search is timed.

The days lie end to end on one axis, a vehicle a slot. Tasks of a group are a disjunction whose penalty is the group's largest prize; what a task is
worth less on a day is part of the way to it by that day's vehicles. Breaks, limits of visits and of travel are the library's own.
"""

import json
import sys
import time
from importlib.metadata import version

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

DAY = 1_000_000
FORBIDDEN = 10**9


def main():
    problem = json.load(sys.stdin)
    tasks, slots, places = problem["tasks"], problem["slots"], problem["places"]
    depots = sorted({slot[end] for slot in slots for end in ("start", "end")})
    where = [task["place"] for task in tasks] + depots
    node_of = {place: len(tasks) + index for index, place in enumerate(depots)}
    manager = pywrapcp.RoutingIndexManager(
        len(where), len(slots), [node_of[slot["start"]] for slot in slots], [node_of[slot["end"]] for slot in slots]
    )
    routing = pywrapcp.RoutingModel(manager)
    solver = routing.solver()
    service = [task["duration"] for task in tasks] + [0] * len(depots)

    def matrix(name, before, extra):
        rows = problem[name]
        return [[before[i] + rows[a * places + b] + extra[j] for j, b in enumerate(where)] for i, a in enumerate(where)]

    nothing = [0] * len(where)
    moving = routing.RegisterTransitMatrix(matrix("time", service, nothing))
    horizon = (max(slot["day"] for slot in slots) + 1) * DAY
    routing.AddDimension(moving, DAY, horizon, False, "time")
    axis = routing.GetDimensionOrDie("time")

    largest = {}
    for index, task in enumerate(tasks):
        key = task["group"] if task["group"] >= 0 else f"task {index}"
        largest[key] = max(largest.get(key, 0), *(entry["prize"] for entry in task["days"]))
    key_of = [task["group"] if task["group"] >= 0 else f"task {index}" for index, task in enumerate(tasks)]
    ways = {}
    for vehicle, slot in enumerate(slots):
        day = slot["day"]
        if day not in ways:
            extra = list(nothing)
            for index, task in enumerate(tasks):
                prizes = [entry["prize"] for entry in task["days"] if entry["day"] == day]
                extra[index] = largest[key_of[index]] - prizes[0] if prizes else FORBIDDEN
            ways[day] = routing.RegisterTransitMatrix(matrix("cost", nothing, extra))
        routing.SetArcCostEvaluatorOfVehicle(ways[day], vehicle)

    members = {}
    for index, task in enumerate(tasks):
        members.setdefault(key_of[index], []).append(manager.NodeToIndex(index))
        spans = sorted((entry["day"] * DAY + start, entry["day"] * DAY + end) for entry in task["days"] for start, end in entry["windows"])
        cumul = axis.CumulVar(manager.NodeToIndex(index))
        cumul.SetRange(spans[0][0], spans[-1][1])
        for (_, ends), (starts, _) in zip(spans, spans[1:]):
            if starts > ends + 1:
                cumul.RemoveInterval(ends + 1, starts - 1)
        days = {entry["day"] for entry in task["days"]}
        if len(days) < len(ways):
            allowed = [vehicle for vehicle, slot in enumerate(slots) if slot["day"] in days]
            routing.VehicleVar(manager.NodeToIndex(index)).SetValues([-1] + allowed)
    promise = 10 * max(largest.values(), default=1)
    for key, indices in members.items():
        routing.AddDisjunction(indices, largest[key] + (promise if isinstance(key, str) else 0), 1)

    if any(slot["maxVisits"] is not None for slot in slots):
        count = routing.RegisterUnaryTransitVector([1] * len(tasks) + [0] * len(depots))
        caps = [len(tasks) if slot["maxVisits"] is None else slot["maxVisits"] for slot in slots]
        routing.AddDimensionWithVehicleCapacity(count, 0, caps, True, "visits")
    if any(slot["maxTravel"] is not None for slot in slots):
        legs = routing.RegisterTransitMatrix(matrix("time", nothing, nothing))
        caps = [DAY if slot["maxTravel"] is None else slot["maxTravel"] for slot in slots]
        routing.AddDimensionWithVehicleCapacity(legs, 0, caps, True, "travel")
    busy = [service[manager.IndexToNode(index)] for index in range(routing.Size())]
    for vehicle, slot in enumerate(slots):
        day = slot["day"] * DAY
        axis.CumulVar(routing.Start(vehicle)).SetRange(day + slot["open"], day + slot["close"])
        axis.CumulVar(routing.End(vehicle)).SetRange(day + slot["open"], day + slot["close"])
        if slot["breaks"]:
            intervals = [
                solver.FixedDurationIntervalVar(day + early, day + late, length, False, f"break {vehicle} {number}")
                for number, (early, late, length) in enumerate(slot["breaks"])
            ]
            axis.SetBreakIntervalsOfVehicle(intervals, vehicle, busy)

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(4_000 * problem["seconds"]))
    routing.CloseModelWithParameters(parameters)
    solver.ReSeed(problem["seed"])
    start = time.process_time()

    def stop_when_spent():
        if time.process_time() - start >= problem["seconds"]:
            routing.CancelSearch()

    # Asked at every local optimum and improvement, far cheaper than a custom limit, which is asked at every node of the search.
    routing.AddAtSolutionCallback(stop_when_spent)
    solution = routing.SolveWithParameters(parameters)
    spent = time.process_time() - start
    routes = [[] for _ in slots]
    for vehicle in range(len(slots)) if solution else []:
        index = routing.Start(vehicle)
        while not routing.IsEnd(index):
            if manager.IndexToNode(index) < len(tasks):
                routes[vehicle].append(manager.IndexToNode(index))
            index = solution.Value(routing.NextVar(index))
    json.dump({"routes": routes, "cpu_seconds": spent, "version": f"OR-Tools {version('ortools')}"}, sys.stdout)


main()
