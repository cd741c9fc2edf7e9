## Requests and trips: what completes a request, and what becomes of a trip
cli-node-request-add--call_when_done = The person calls when done: the return waits for its time
cli-node-request-add--tolerance_min = How much earlier or later is acceptable, in minutes (otherwise: 30)
cli-node-request-add--late_ok = Being there after the time given is acceptable, within the tolerance
cli-node-request-add--notes = What the driver should know for this trip, such as the name of the practice; never leaves the node
cli-node-request-add--model = Participation model, id@version (otherwise: the one in force)
cli-node-trip-no-show--absent = Who was not there: person (the passenger, if nothing is said) or driver
cli-node-trip-cancel--reason = Reason: illness, hospital, appointment-moved, appointment-cancelled, other-transport, weather, no-longer-needed, duplicate, driver, vehicle, series, death, other

field-trip_notes = For this trip

cancelled-by-prescriber = by the prescriber
cancelled-by-destination = by the place of the appointment

cancel-reason-unspecified = no reason given
cancel-reason-illness = illness
cancel-reason-hospital = in hospital
cancel-reason-appointment-moved = appointment moved
cancel-reason-appointment-cancelled = appointment cancelled
cancel-reason-other-transport = other transport
cancel-reason-weather = weather
cancel-reason-no-longer-needed = no longer needed
cancel-reason-duplicate = duplicate
cancel-reason-driver = driver not available
cancel-reason-vehicle = vehicle not available
cancel-reason-series = series changed or ended
cancel-reason-death = death
cancel-reason-other = another reason

absentee-person = passenger not there
absentee-driver = driver not there

event-driver-absent = driver not there
event-edited = changed
event-person-called = the person called
event-reopened = reopened

action-edit = change this trip
action-reopen = reopen this trip
action-set-the-time-of = set the time of this trip

refusal-request-one-return = The time of the way back is given, and it is said that the person will call. Keep one of the two.
refusal-trip-not-called = It is not possible to { $action }: the time of this return is not known yet. Give it when the person calls, with: trip call
refusal-trip-not-on-call = The time of this trip is known already. To change it, edit the trip: trip edit
refusal-absentee-unknown = This code does not tell who was not there. Write person (the passenger) or driver.
refusal-cancel-reason-unknown = This code is not a reason to cancel. The codes are shown by --help.

## Availability: what the week does not say
reason-public-holiday = does not drive on public holidays ({ $day }: { $holiday })
reason-school-holidays = does not drive in school holidays ({ $day }: { $school_period })
reason-school-term = drives in school holidays alone ({ $day }: school day)
reason-school-unknown = it depends on school holidays, and those of { $day } are not known: ask

refusal-availability-dates = { $dates } dates with other hours are too many. Remove those that are past.

public-holiday-new-year = New Year’s Day
public-holiday-good-friday = Good Friday
public-holiday-easter-monday = Easter Monday
public-holiday-labour-day = Labour Day
public-holiday-victory-1945 = Victory in Europe Day
public-holiday-ascension = Ascension Day
public-holiday-whit-monday = Whit Monday
public-holiday-national-day = National Day
public-holiday-assumption = Assumption Day
public-holiday-all-saints = All Saints’ Day
public-holiday-armistice-1918 = Armistice Day
public-holiday-christmas = Christmas Day
public-holiday-saint-stephen = Saint Stephen’s Day
school-period-autumn = All Saints
school-period-christmas = Christmas
school-period-winter = winter
school-period-spring = spring
school-period-ascension = Ascension bridge
school-period-summer = summer
