"""Established solvers on the published instances and the rural days of the bench, in as far as they can express them.

MAILLAGE_DARP=<directory> python compare.py [ab|pr|lilim|rural|all] [seconds] [name parts]

Without a group it is `ab`, without seconds 10; name parts stand between commas, and an instance whose name holds one of them is
taken. Lines come as they are found; at the end one table with an instance a line: gap to the reference where nobody was refused,
the distance otherwise, then refused / riders over their limit.

Run from the root of the project after `pip install -r` of the requirements beside this file; Maillage's own row comes from
its example `bench_darp`, run in turn with the others: one thread each. Maillage counts seconds of the processor, the others
seconds on the wall; what each used of the processor is printed.

What each can and cannot express:
- OR-Tools (routing): pickup before drop-off in one vehicle, windows, capacity, longest round, kilometres of a round, who may
  drive what, and the longest ride by a constraint on cumulated times. Everything in these instances.
- VROOM (pyvroom): shipments, windows, capacity, kilometres of a round, skills. No longest ride and no longest round with
  waiting: riders over their limit are counted. It has a level of exploration (5 here, the highest) and no time to use up.
- vrp-core (by vrp-cli): pickup before drop-off, windows, capacity, longest round, kilometres of a round, skills. No longest
  ride: riders over their limit are counted.
- PyVRP: no pickup and drop-off of one request in one route (its pickups are loads for the depot). Nothing in these
  instances; it is left out.
- None knows consent to ride together, a volunteer's budget over several windows (on rural days each window gets half of the
  kilometres, for Maillage alone the sum is shared), history, or gives a reason.

On rural days all others minimise kilometres; Maillage minimises kilometre-equivalents (empty kilometres weigh more, waiting
and detours count), so its kilometres are not its aim. Refused requests come first for all.

Distances are kept 1 000 times finer than the instance (VROOM and vrp-core: 100 times), rounded, rural days in whole metres
and seconds; every plan is measured and its rides are checked here.
"""

import contextlib
import json
import math
import os
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path


def read_cordeau(text, both_ends):
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.split()]
    vehicles, count, longest, capacity, ride = rows[0]
    count = int(count) // 2 if both_ends else int(count)
    nodes = rows[1 : 2 * count + 2]
    return on_a_plane(
        [(row[1], row[2]) for row in nodes],
        [row[3] for row in nodes],
        [row[4] for row in nodes],
        [(row[5], row[6]) for row in nodes],
        [(at, count + at) for at in range(1, count + 1)],
        (int(vehicles), capacity, longest, ride),
    )


def read_li_lim(text, vehicles):
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.split()]
    nodes = rows[1:]
    return on_a_plane(
        [(row[1], row[2]) for row in nodes],
        [row[6] for row in nodes],
        [row[3] for row in nodes],
        [(row[4], row[5]) for row in nodes],
        [(int(row[0]), int(row[8])) for row in nodes if row[3] > 0],
        (vehicles, rows[0][1], None, None),
    )


def on_a_plane(points, service, load, window, pairs, fleet):
    vehicles, capacity, longest, ride = fleet
    roads = [[distance(a, b) for b in points] for a in points]
    car = {"home": 0, "window": window[0], "room": [int(capacity)], "metres": None, "longest": longest, "skills": set()}
    return {
        "fine": 1000, "coarse": 100, "unit": 1.0, "metres": roads, "seconds": roads, "service": service,
        "load": [[int(number)] for number in load], "window": window, "cars": [car] * vehicles,
        "asked": [{"pair": pair, "ride": ride, "skills": set()} for pair in pairs], "refusal": 1000.0,
        "first": "PARALLEL_CHEAPEST_INSERTION",
    }


def read_rural(text):
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.split()]
    count, windows, asked = (int(number) for number in rows[0][:3])
    used = 1 + int(max(max(row[:2]) for row in rows[1 + count + windows :][:asked]))
    nodes = rows[1 : 1 + used]  # the places after these are nobody's
    metres = [[math.ceil(great_circle_m(a, b) * 1.3) for b in nodes] for a in nodes]
    seconds = [[math.ceil(great_circle_m(a, b) * 1.3 * 3.6 / 50) for b in nodes] for a in nodes]
    cars = [
        {"home": int(home), "window": (start, until), "room": [int(seats), int(wheelchairs)], "metres": km * 1000,
         "longest": None, "skills": {1} if dog else set()}
        for home, start, until, seats, wheelchairs, km, dog in rows[1 + count : 1 + count + windows]
    ]
    requests = [
        {"pair": (int(pickup), int(dropoff)), "ride": ride, "skills": {1} if dog else set()}
        for pickup, dropoff, ride, dog in rows[1 + count + windows :][:asked]
    ]
    return {
        "fine": 1, "coarse": 1, "unit": 1000.0, "metres": metres, "seconds": seconds,
        "service": [row[4] for row in nodes], "load": [[int(row[5]), int(row[6])] for row in nodes],
        "window": [(row[2], row[3]) for row in nodes], "cars": cars, "asked": requests, "refusal": 500_000.0,
        "first": "AUTOMATIC",
    }


def great_circle_m(a, b):
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(node[0]), math.radians(node[1])) for node in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def distance(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def or_tools(instance, seconds):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    up = lambda number: math.ceil(number * instance["fine"] - 1e-6)
    down = lambda number: math.floor(number * instance["fine"] + 1e-6)
    near = lambda table: [[round(number * instance["fine"]) for number in row] for row in table]
    metres, travel, cars = near(instance["metres"]), near(instance["seconds"]), instance["cars"]
    homes = [car["home"] for car in cars]
    manager = pywrapcp.RoutingIndexManager(len(metres), len(cars), homes, homes)
    routing = pywrapcp.RoutingModel(manager)
    node = manager.IndexToNode
    roads = routing.RegisterTransitCallback(lambda a, b: metres[node(a)][node(b)])
    routing.SetArcCostEvaluatorOfAllVehicles(roads)
    service = [up(number) for number in instance["service"]]
    moves = routing.RegisterTransitCallback(lambda a, b: travel[node(a)][node(b)] + service[node(a)])
    horizon = up(max(until for _, until in instance["window"]))
    routing.AddDimension(moves, horizon, horizon, False, "time")
    times = routing.GetDimensionOrDie("time")
    for kind in range(len(cars[0]["room"])):
        loads = routing.RegisterUnaryTransitCallback(lambda a, kind=kind: instance["load"][node(a)][kind])
        routing.AddDimensionWithVehicleCapacity(loads, 0, [car["room"][kind] for car in cars], True, f"load{kind}")
    if cars[0]["metres"]:
        limits = [down(car["metres"]) for car in cars]
        routing.AddDimensionWithVehicleCapacity(roads, 0, limits, True, "metres")
    for number, car in enumerate(cars):
        for index in (routing.Start(number), routing.End(number)):
            times.CumulVar(index).SetRange(up(car["window"][0]), down(car["window"][1]))
        if car["longest"]:
            times.SetSpanUpperBoundForVehicle(down(car["longest"]), number)
    solver = routing.solver()
    used = {end for asked in instance["asked"] for end in asked["pair"]}
    for place in set(range(len(metres))) - used - set(homes):
        routing.AddDisjunction([manager.NodeToIndex(place)], 0)
    for asked in instance["asked"]:
        pickup, dropoff = asked["pair"]
        a, b = manager.NodeToIndex(pickup), manager.NodeToIndex(dropoff)
        for index, place in ((a, pickup), (b, dropoff)):
            start, until = instance["window"][place]
            times.CumulVar(index).SetRange(up(start), down(until))
            if asked["skills"]:
                able = [number for number, car in enumerate(cars) if asked["skills"] <= car["skills"]]
                routing.VehicleVar(index).SetValues([-1] + able)
        routing.AddPickupAndDelivery(a, b)
        solver.Add(routing.VehicleVar(a) == routing.VehicleVar(b))
        solver.Add(times.CumulVar(a) <= times.CumulVar(b))
        if asked["ride"]:
            limit = down(asked["ride"] + instance["service"][pickup])
            solver.Add(times.CumulVar(b) - times.CumulVar(a) <= limit)
        routing.AddDisjunction([a], up(instance["refusal"]))
        routing.AddDisjunction([b], up(instance["refusal"]))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = getattr(routing_enums_pb2.FirstSolutionStrategy, instance["first"])  # each group's better one
    parameters.first_solution_strategy = first
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    solution = routing.SolveWithParameters(parameters)
    if solution is None:
        return [], {}
    routes, begins = [], []
    for vehicle in range(len(cars)):
        route, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            route.append(node(index))
            begins.append((node(index), solution.Min(times.CumulVar(index)) / instance["fine"]))
            index = solution.Value(routing.NextVar(index))
        routes.append((vehicle, route))
    return routes, dict(begins)


def vroom(instance, seconds):
    import numpy
    import vroom as engine

    up = lambda number: math.ceil(number * instance["coarse"] - 1e-6)
    down = lambda number: math.floor(number * instance["coarse"] + 1e-6)
    table = lambda roads: numpy.array([[up(number) for number in row] for row in roads], dtype=numpy.uint32)
    problem = engine.Input()
    problem.set_durations_matrix("car", table(instance["seconds"]))
    problem.set_distances_matrix("car", table(instance["metres"]))
    problem.set_costs_matrix("car", table(instance["metres"]))
    window = lambda start, until: engine.TimeWindow(up(start), down(until))
    for number, car in enumerate(instance["cars"]):
        limits = {"max_distance": down(car["metres"])} if car["metres"] else {}
        problem.add_vehicle(
            engine.Vehicle(
                number, start=car["home"], end=car["home"], profile="car", capacity=car["room"], skills=car["skills"],
                time_window=window(*car["window"]), **limits,
            )
        )
    step = lambda node: engine.ShipmentStep(
        node, location=node, default_service=up(instance["service"][node]), time_windows=[window(*instance["window"][node])],
    )
    for asked in instance["asked"]:
        pickup, dropoff = asked["pair"]
        amount = instance["load"][pickup]
        problem.add_job(engine.Shipment(step(pickup), step(dropoff), amount=amount, skills=asked["skills"]))
    solution = problem.solve(exploration_level=5, nb_threads=1)
    routes, begins = [], {}
    for vehicle, rows in solution.routes.groupby("vehicle_id"):
        route = []
        for _, row in rows.iterrows():
            if row["type"] in ("pickup", "delivery"):
                route.append(int(row["id"]))
                begins[int(row["id"])] = (row["arrival"] + row["waiting_time"]) / instance["coarse"]
        routes.append((int(vehicle), route))
    return routes, begins


@contextlib.contextmanager
def silence():
    """Nothing a library prints by itself comes between the lines of the table."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def vrp_core(instance, seconds):
    import vrp_cli

    fine = instance["coarse"]
    moment = lambda number: datetime.fromtimestamp(round(number), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    up, down = (lambda number: math.ceil(number * fine - 1e-6)), (lambda number: math.floor(number * fine + 1e-6))
    skills = lambda who: [f"skill{skill}" for skill in who["skills"]]

    def place(node):
        start, until = instance["window"][node]
        return {
            "places": [{"location": {"index": node}, "duration": up(instance["service"][node]),
                        "times": [[moment(up(start)), moment(down(until))]]}],
            "demand": [abs(number) for number in instance["load"][node]],
        }

    jobs = []
    for asked in instance["asked"]:
        pickup, dropoff = asked["pair"]
        job = {"id": f"{pickup}-{dropoff}", "pickups": [place(pickup)], "deliveries": [place(dropoff)]}
        jobs.append({**job, **({"skills": {"allOf": skills(asked)}} if asked["skills"] else {})})
    vehicles = []
    for number, car in enumerate(instance["cars"]):
        end = {"location": {"index": car["home"]}}
        limits = {"maxDuration": down(car["longest"])} if car["longest"] else {}
        limits |= {"maxDistance": down(car["metres"])} if car["metres"] else {}
        vehicles.append({
            "typeId": f"car{number}",
            "vehicleIds": [f"car{number}"],
            "profile": {"matrix": "car"},
            "costs": {"fixed": 0.0, "distance": 1.0, "time": 0.0},
            "shifts": [{"start": {"earliest": moment(up(car["window"][0])), **end},
                        "end": {"latest": moment(down(car["window"][1])), **end}}],
            "capacity": car["room"],
            **({"limits": limits} if limits else {}),
            **({"skills": skills(car)} if car["skills"] else {}),
        })
    problem = {"plan": {"jobs": jobs}, "fleet": {"vehicles": vehicles, "profiles": [{"name": "car"}]}}
    table = lambda name: [up(number) for row in instance[name] for number in row]
    matrix = {"profile": "car", "travelTimes": table("seconds"), "distances": table("metres")}
    config = {
        "termination": {"maxTime": int(seconds)},
        "environment": {"parallelism": {"numThreadPools": 1, "threadsPerPool": 1}},
    }
    with silence():
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
        routes.append((int(tour["vehicleId"].removeprefix("car")), route))
    return routes, begins


def ours(group, name, seconds):
    """The row that Maillage's own bench prints: distance, refused, riders over their limit, seconds of the processor."""
    command = ["cargo", "run", "--release", "-q", "-p", "maillage-dispatch", "--example", "bench_darp", "--",
               group, str(seconds), "1", name]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    row = next(line.split() for line in printed.splitlines() if line.split()[:1] == [name])
    return float(row[4]), int(row[6]), int(row[7]), float(row[10])


def measure(instance, routes, begins):
    total, served, over = 0.0, set(), 0
    for vehicle, route in routes:
        home = instance["cars"][vehicle]["home"]
        stops = [home, *route, home] if route else []
        total += sum(instance["metres"][a][b] for a, b in zip(stops, stops[1:]))
        served |= set(route)
    refused = sum(asked["pair"][0] not in served for asked in instance["asked"])
    for asked in instance["asked"]:
        pickup, dropoff = asked["pair"]
        if asked["ride"] and pickup in served:
            ride = begins[dropoff] - begins[pickup] - instance["service"][pickup]
            over += ride > asked["ride"] + 0.05
    return total / instance["unit"], refused, over


FOLDERS = {"pr": "cordeau_laporte_2003", "ab": "cordeau_2006", "lilim": "li_lim_100", "rural": "rural_day"}


def instances(directory, group, parts):
    references = json.loads((directory / "reference.json").read_text())
    for path in sorted((directory / FOLDERS[group]).iterdir()):
        if not any(part in path.stem for part in parts):
            continue
        text = path.read_text()
        if group == "rural":
            yield group, path.stem, read_rural(text), None
            continue
        reference = references[path.stem]
        names = ("optimum_recalled", "optimum_published_1dp", "tabu2003", "distance")
        best = next(reference[name] for name in names if name in reference)
        instance = read_li_lim(text, reference["routes"]) if group == "lilim" else read_cordeau(text, group == "pr")
        yield group, path.stem, instance, best


def one_table(solvers, found):
    print("\n| instance | " + " | ".join(title for title, _ in solvers) + " |")
    print("|---" * (len(solvers) + 1) + "|")
    for name, cells in found.items():
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    arguments = sys.argv[1:] + [None] * 3
    wanted, seconds, parts = arguments[0] or "ab", float(arguments[1] or 10), (arguments[2] or "").split(",")
    groups = list(FOLDERS) if wanted == "all" else [wanted]
    print(f"{'instance':<10} {'solver':<9} {'distance':>10} {'gap %':>8} {'refused':>7} {'over':>5} {'cpu s':>6}")
    solvers = (("maillage", None), ("or-tools", or_tools), ("vroom", vroom), ("vrp-core", vrp_core))
    directory, found = Path(os.environ["MAILLAGE_DARP"]), {}
    for group, name, instance, best in (one for group in groups for one in instances(directory, group, parts)):
        cells = found.setdefault(name, [])
        for title, solve in solvers:
            start = time.process_time()
            try:
                if solve is None:
                    total, refused, over, spent = ours(group, name, seconds)
                else:
                    total, refused, over = measure(instance, *solve(instance, seconds))
                    spent = time.process_time() - start
            except Exception as error:  # a solver that cannot is told, not hidden
                print(f"{name:<10} {title:<9} failed: {type(error).__name__}: {error}", flush=True)
                cells.append("failed")
                continue
            complete = refused == 0 and best
            gap = f"{(total / best - 1) * 100:8.3f}" if complete else "       -"
            print(f"{name:<10} {title:<9} {total:10.3f} {gap} {refused:7} {over:5} {spent:6.2f}", flush=True)
            reached = f"{(total / best - 1) * 100:+.1f} %" if complete else f"{total:.0f}"
            cells.append(f"{reached} {refused} / {over}")
    one_table(solvers, found)


if __name__ == "__main__":
    main()
