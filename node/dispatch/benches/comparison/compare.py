"""Established solvers on the published instances of the bench, in as far as they can express them.

MAILLAGE_DARP=<directory> python compare.py [ab|pr|lilim] [seconds] [name part]

Run from the root of the project after `pip install -r` of the requirements beside this file; Maillage's own row comes from
its example `bench_darp`, run in turn with the others: one thread each, the same seconds.

What each can and cannot express:
- OR-Tools (routing): pickup before drop-off in one vehicle, windows, capacity, longest round, and the longest ride by a
  constraint on cumulated times. Everything in these instances.
- VROOM (pyvroom): shipments, windows, capacity. No longest ride and no longest round with waiting: riders over their
  limit are counted. It has a level of exploration (5 here, the highest) and no time to use up.
- vrp-core (by vrp-cli): pickup before drop-off, windows, capacity, longest round. No longest ride: riders over their limit
  are counted.
- PyVRP: no pickup and drop-off of one request in one route (its pickups are loads for the depot). Nothing in these
  instances; it is left out.
- None knows consent to ride together, a volunteer's budget over several windows, history, or gives a reason.

Distances are kept 1 000 times finer than the instance (VROOM and vrp-core: 100 times), rounded; every plan is measured and checked in
real numbers here.
"""

import json
import math
import os
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

FINE = 1000


def read_cordeau(text, both_ends):
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.split()]
    vehicles, count, longest, capacity, ride = rows[0]
    count = int(count) // 2 if both_ends else int(count)
    nodes = rows[1 : 2 * count + 2]
    return {
        "points": [(row[1], row[2]) for row in nodes],
        "service": [row[3] for row in nodes],
        "load": [row[4] for row in nodes],
        "window": [(row[5], row[6]) for row in nodes],
        "pairs": [(at, count + at) for at in range(1, count + 1)],
        "vehicles": int(vehicles),
        "capacity": capacity,
        "longest": longest,
        "ride": ride,
    }


def read_li_lim(text, vehicles):
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.split()]
    nodes = rows[1:]
    return {
        "points": [(row[1], row[2]) for row in nodes],
        "service": [row[6] for row in nodes],
        "load": [row[3] for row in nodes],
        "window": [(row[4], row[5]) for row in nodes],
        "pairs": [(int(row[0]), int(row[8])) for row in nodes if row[3] > 0],
        "vehicles": vehicles,
        "capacity": rows[0][1],
        "longest": None,
        "ride": None,
    }


def distance(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def or_tools(instance, seconds):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    points, count = instance["points"], len(instance["points"])
    fine = lambda number: int(round(number * FINE))
    roads = [[fine(distance(a, b)) for b in points] for a in points]
    manager = pywrapcp.RoutingIndexManager(count, instance["vehicles"], 0)
    routing = pywrapcp.RoutingModel(manager)
    cost = routing.RegisterTransitCallback(lambda a, b: roads[manager.IndexToNode(a)][manager.IndexToNode(b)])
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    service = [fine(number) for number in instance["service"]]
    moves = routing.RegisterTransitCallback(
        lambda a, b: roads[manager.IndexToNode(a)][manager.IndexToNode(b)] + service[manager.IndexToNode(a)]
    )
    horizon = fine(max(until for _, until in instance["window"]))
    routing.AddDimension(moves, horizon, horizon, False, "time")
    times = routing.GetDimensionOrDie("time")
    loads = routing.RegisterUnaryTransitCallback(lambda a: int(instance["load"][manager.IndexToNode(a)]))
    routing.AddDimension(loads, 0, int(instance["capacity"]), True, "load")
    for node, (start, until) in enumerate(instance["window"]):
        if node > 0:
            times.CumulVar(manager.NodeToIndex(node)).SetRange(math.ceil(start * FINE), math.floor(until * FINE))
    for vehicle in range(instance["vehicles"]):
        if instance["longest"]:
            times.SetSpanUpperBoundForVehicle(fine(instance["longest"]), vehicle)
    solver = routing.solver()
    for pickup, dropoff in instance["pairs"]:
        a, b = manager.NodeToIndex(pickup), manager.NodeToIndex(dropoff)
        routing.AddPickupAndDelivery(a, b)
        solver.Add(routing.VehicleVar(a) == routing.VehicleVar(b))
        solver.Add(times.CumulVar(a) <= times.CumulVar(b))
        if instance["ride"]:
            limit = math.floor((instance["ride"] + instance["service"][pickup]) * FINE)
            solver.Add(times.CumulVar(b) - times.CumulVar(a) <= limit)
        routing.AddDisjunction([a], fine(1000))
        routing.AddDisjunction([b], fine(1000))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    solution = routing.SolveWithParameters(parameters)
    if solution is None:
        return [], []
    routes, begins = [], []
    for vehicle in range(instance["vehicles"]):
        route, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            route.append(manager.IndexToNode(index))
            begins.append((manager.IndexToNode(index), solution.Min(times.CumulVar(index)) / FINE))
            index = solution.Value(routing.NextVar(index))
        routes.append(route)
    return routes, dict(begins)


def vroom(instance, seconds):
    import numpy
    import vroom as engine

    points, fine = instance["points"], 100
    whole = lambda number: int(round(number * fine))
    problem = engine.Input()
    roads = numpy.array([[math.ceil(distance(a, b) * fine) for b in points] for a in points], dtype=numpy.uint32)
    problem.set_durations_matrix("car", roads)
    start, until = instance["window"][0]
    for vehicle in range(instance["vehicles"]):
        problem.add_vehicle(
            engine.Vehicle(
                vehicle, start=0, end=0, profile="car", capacity=[int(instance["capacity"])],
                time_window=engine.TimeWindow(whole(start), whole(until)),
            )
        )
    step = lambda node: engine.ShipmentStep(
        node, location=node, default_service=whole(instance["service"][node]),
        time_windows=[engine.TimeWindow(math.ceil(instance["window"][node][0] * fine),
                                        math.floor(instance["window"][node][1] * fine))],
    )
    for pickup, dropoff in instance["pairs"]:
        problem.add_job(engine.Shipment(step(pickup), step(dropoff), amount=[int(instance["load"][pickup])]))
    solution = problem.solve(exploration_level=5, nb_threads=1)
    table = solution.routes
    routes, begins = [], {}
    for _, rows in table.groupby("vehicle_id"):
        route = []
        for _, row in rows.iterrows():
            if row["type"] in ("pickup", "delivery"):
                route.append(int(row["id"]))
                begins[int(row["id"])] = (row["arrival"] + row["waiting_time"]) / fine
        routes.append(route)
    return routes, begins


def vrp_core(instance, seconds):
    import vrp_cli

    points, fine = instance["points"], 100
    count = len(points)
    moment = lambda number: datetime.fromtimestamp(round(number), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    up, down = (lambda number: math.ceil(number * fine)), (lambda number: math.floor(number * fine))

    def place(node):
        start, until = instance["window"][node]
        return {
            "places": [{"location": {"index": node}, "duration": up(instance["service"][node]),
                        "times": [[moment(up(start)), moment(down(until))]]}],
            "demand": [int(abs(instance["load"][node]))],
        }

    jobs = [
        {"id": f"{pickup}-{dropoff}", "pickups": [place(pickup)], "deliveries": [place(dropoff)]}
        for pickup, dropoff in instance["pairs"]
    ]
    start, until = instance["window"][0]
    vehicle = {
        "typeId": "car",
        "vehicleIds": [f"car{number}" for number in range(instance["vehicles"])],
        "profile": {"matrix": "car"},
        "costs": {"fixed": 0.0, "distance": 1.0, "time": 0.0},
        "shifts": [{"start": {"earliest": moment(up(start)), "location": {"index": 0}},
                    "end": {"latest": moment(down(until)), "location": {"index": 0}}}],
        "capacity": [int(instance["capacity"])],
    }
    if instance["longest"]:
        vehicle["limits"] = {"maxDuration": down(instance["longest"])}
    problem = {"plan": {"jobs": jobs}, "fleet": {"vehicles": [vehicle], "profiles": [{"name": "car"}]}}
    roads = [up(distance(a, b)) for a in points for b in points]
    matrix = {"profile": "car", "travelTimes": roads, "distances": roads}
    config = {
        "termination": {"maxTime": int(seconds)},
        "environment": {"parallelism": {"numThreadPools": 1, "threadsPerPool": 1}},
    }
    solution = json.loads(vrp_cli.solve_pragmatic(
        problem=json.dumps(problem), matrices=[json.dumps(matrix)], config=json.dumps(config)))
    routes, begins = [], {}
    seconds_of = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    for tour in solution["tours"]:
        route = []
        for stop in tour["stops"]:
            for activity in stop["activities"]:
                if activity["type"] not in ("pickup", "delivery"):
                    continue
                pair = [int(node) for node in activity["jobId"].split("-")]
                node = pair[activity["type"] == "delivery"]
                at = activity.get("time", {}).get("start", stop["time"]["arrival"])
                route.append(node)
                begins[node] = max(seconds_of(at) / fine, instance["window"][node][0])
        routes.append(route)
    assert all(node < count for route in routes for node in route)
    return routes, begins


def ours(group, name, seconds):
    """The row that Maillage's own bench prints: distance, refused, riders over their limit."""
    command = ["cargo", "run", "--release", "-q", "-p", "maillage-dispatch", "--example", "bench_darp", "--",
               group, str(seconds), "1", name]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    row = next(line.split() for line in printed.splitlines() if line.split()[:1] == [name])
    return float(row[4]), int(row[6]), int(row[7])


def measure(instance, routes, begins):
    total = sum(
        distance(instance["points"][a], instance["points"][b])
        for route in routes
        for a, b in zip([0] + route, route + [0])
        if route
    )
    served = {node for route in routes for node in route}
    refused = sum(pickup not in served for pickup, _ in instance["pairs"])
    over = 0
    for pickup, dropoff in instance["pairs"]:
        if instance["ride"] and pickup in served:
            ride = begins[dropoff] - begins[pickup] - instance["service"][pickup]
            over += ride > instance["ride"] + 0.05
    return total, refused, over


def instances(directory, group, part):
    folder = {"ab": "cordeau_2006", "pr": "cordeau_laporte_2003", "lilim": "li_lim_100"}[group]
    references = json.loads((directory / "reference.json").read_text())
    for path in sorted((directory / folder).iterdir()):
        if part not in path.stem:
            continue
        reference = references[path.stem]
        names = ("optimum_recalled", "optimum_published_1dp", "tabu2003", "distance")
        best = next(reference[name] for name in names if name in reference)
        text = path.read_text()
        instance = read_li_lim(text, reference["routes"]) if group == "lilim" else read_cordeau(text, group == "pr")
        yield path.stem, instance, best


def main():
    arguments = sys.argv[1:] + [None] * 3
    group, seconds, part = arguments[0] or "ab", float(arguments[1] or 10), arguments[2] or ""
    print(f"{'instance':<10} {'solver':<9} {'distance':>10} {'gap %':>8} {'refused':>7} {'over':>5} {'wall s':>7}")
    solvers = (("maillage", None), ("or-tools", or_tools), ("vroom", vroom), ("vrp-core", vrp_core))
    for name, instance, best in instances(Path(os.environ["MAILLAGE_DARP"]), group, part):
        for title, solve in solvers:
            start = time.monotonic()
            try:
                if solve is None:
                    total, refused, over = ours(group, name, seconds)
                else:
                    total, refused, over = measure(instance, *solve(instance, seconds))
            except Exception as error:  # a solver that cannot is told, not hidden
                print(f"{name:<10} {title:<9} failed: {type(error).__name__}: {error}", flush=True)
                continue
            spent = time.monotonic() - start
            gap = f"{(total / best - 1) * 100:8.3f}" if refused == 0 else "       -"
            print(f"{name:<10} {title:<9} {total:10.3f} {gap} {refused:7} {over:5} {spent:7.2f}", flush=True)


if __name__ == "__main__":
    main()
