# Texts of the federation’s figures: what is followed, shown, hidden and exported.

## Command-line help
cli-hub-statistics-indicators = Shows the indicators that can be compared and followed
cli-hub-statistics-series = Follows an indicator, or the totals of a vocabulary, by month or half-year
cli-hub-statistics-series--indicator = Key of an indicator, fulfilment-rate when not given
cli-hub-statistics-series--vocabulary = Vocabulary to follow the totals of: v1/pulse or v1/half-year
cli-hub-statistics-series--from = First month
cli-hub-statistics-series--to = Last month
cli-hub-statistics-coverage = Shows communes and inhabitants served, in all and by department
cli-hub-statistics-coverage--from = First month whose reports count
cli-hub-statistics-coverage--to = Last month whose reports count
cli-hub-statistics-deserts = Shows the communes that no node serves
cli-hub-statistics-deserts--departement = Only those of this department
cli-hub-statistics-territories = Shows the territories that have a node or have reported, never ranked
cli-hub-statistics-territories--half_year = Half-year of the persons, the newest when not given
cli-hub-statistics-targets = Shows how far the national targets are
cli-hub-statistics-targets--year = Year, the newest when not given
cli-hub-statistics-flows = Shows who carried for whom in a year that is over
cli-hub-statistics-flows--year = Year
cli-hub-statistics-export = Writes the published figures to a new directory, as CSV and JSON, with their dictionary
cli-hub-statistics-export--to = Directory to create; it never replaces another

## Answers
yes = yes
no = no
model-national = “all together”
standing-primary = declared before the data were seen
standing-exploratory = exploratory
coverage-whole = France
coverage-note = A commune is served if at least one node says so. A territory that lies in several departments counts in each.
territories-note = Persons active in the half-year { $half-year }, with the noise that nodes add. Territories are in the order of their SIREN: this is no ranking.
target-people-accompanied = people accompanied in the year
target-solutions-opened = new solutions opened
target-pilot-beneficiaries = beneficiaries of the pilot
flows-note = Pairs of territories not shown, with fewer than { $needed } handovers: { $number }.
export-done = The published figures are written to { $path }.
export-files = Files

## Why a figure is missing, and what to know of it
figures-withheld-not-reported = A territory without a number of persons has reported nothing for the half-year.
figures-withheld-too-few-persons = The number of persons of a territory is only shown above { $needed }, noise included.
figures-withheld-protects-another = The number of persons of a territory is also hidden where a total that is published would otherwise tell that of another.
figures-withheld-nothing-reported = No half-year of this year was reported.
figures-withheld-not-declared = Not known yet: this comes from the yearly accounts that territories declare, which this hub does not receive yet.
data-notes = Codes of what to know of the value
refusal-export-unsteady = Reports came in while the figures were read. Nothing is written: try again in a moment.
figures-withheld-pilot-not-named = Not known yet: the territories of the pilot are not named, and the national number is not theirs.
figures-note-persons-of-half-years = These numbers add up the persons that each territory counted in a half-year. Who is active in both half-years, or in two territories, is in them several times: neither is the number of people of the year, nor a bound of it.
figures-note-half-year-withheld = A half-year that was reported may not be shown and is not added up.

## Refusals
refusal-year-not-over = The year { $year } is not over. Handovers are counted by years that are over: ask for an earlier one.
refusal-export-exists = There is something at this place already ({ $path }). Nothing is ever replaced: choose another directory.
refusal-export-unwritable = Nothing can be written at this place ({ $path }). Check that the directory that holds it exists and is yours.

## Names of columns
column-key = Key
column-indicator = Indicator
column-standing = Standing
column-noise-or-interval = Noise or interval at 95%
column-departement = Department
column-communes = Communes
column-served = Served
column-inhabitants-served = Inhabitants served
column-with-node = With a node
column-reporting = Reporting
column-commune = Commune
column-persons = Active persons
column-target = Target
column-goal = Goal
column-larger-half-year = Larger half-year
column-both-half-years = Both half-years
column-half-years = Half-years
column-carrier = Carrier
column-handovers = Handovers

## Dictionary of the exported files
data-privacy-noise = Every territory has added chance to this figure before it sent it, so that it tells of no person whether she uses the service; it is only shown where the rules of publication allow.
data-privacy-public = Public information, or the name of something: nothing about persons.
data-vocabulary = Vocabulary of the report, with its version
data-period = Month (YYYY-MM) or half-year (YYYY-H1, YYYY-H2)
data-model = Participation model, identifier@version; empty for all together
data-cell = Cell of the vocabulary
data-total = Sum of the noisy values; may be negative. Trips are counted up to three a person and month
data-noise_2sd = Two standard deviations of the noise of the sum, rounded up
data-territories = Territories that reported
data-reports = Reports summed
data-withheld = Code of the reason why the value is not shown, such as too-few-territories or tells-a-part (would let somebody work out what is hidden); empty if it is
data-indicator = Key of the indicator
data-figure = Value of the indicator; a share is written 0.5 for 50%, and noise can carry it outside 0 to 1. Trips are counted up to three a person and month
data-low = Lower bound of the interval at 95%
data-high = Upper bound of the interval at 95%
data-interval_withheld = Code of the reason why the interval is not shown
data-periods = Periods summed: those that are shown
data-periods_withheld = Periods reported that are not shown, and not summed
data-standing = Declared before the data were seen (primary) or exploratory
data-population = Inhabitants of the territories of the model
data-first = First model of the pair
data-second = Second model of the pair
data-first_territories = Territories of the first model
data-second_territories = Territories of the second model
data-conclusion = What may be concluded, never a cause: a difference is seen (detected), not seen (not-detected), methods disagree, only one method (one-method), nothing is shown (withheld)
data-difference = First model less second
data-detectable = Smallest difference that would have been seen four times in five by the first method alone
data-p_adjusted = p value after Holm’s correction
data-departement = Number of the department; empty for the whole
data-communes = Communes of the place
data-communes_served = Communes that at least one node serves
data-inhabitants = Inhabitants
data-inhabitants_served = Inhabitants of the communes served
data-territories_there = Territories that have communes there
data-territories_with_node = Those that have a node
data-territories_reporting = Those with at least one report that counts
data-siren = SIREN of the territory
data-name = Name of the territory
data-half_year = Half-year of the active persons
data-persons = Persons active in the half-year, noise included
data-year = Year; 0 if nothing was reported
data-target = Key of the target
data-goal = What the programme aims at
data-larger_half_year = Persons of the half-year that has more, added up over territories
data-larger_half_year_noise_2sd = Two standard deviations of the noise of this sum
data-both_half_years = Persons of both half-years added up: who is active in both counts twice
data-both_half_years_noise_2sd = Two standard deviations of the noise of this sum
data-half_years = Half-years summed
data-hash = BLAKE3 of the report
data-why = Why it does not count: taken back by its node (withdrawn) or left out by the national team (quarantined)
data-decided_at = When
data-decided_by = Who decided, for the national team
data-reason = The reason, which is public

## Reports left out
cli-hub-reports-quarantine = Leaves a report out of every figure
cli-hub-reports-quarantine--node = Node that sent it
cli-hub-reports-quarantine--period = Month (YYYY-MM) or half-year (YYYY-H1, YYYY-H2)
cli-hub-reports-quarantine--by = Name of who decides
cli-hub-reports-quarantine--reason = Reason, public; nothing about a person
cli-hub-reports-lift = Counts a report again that was left out
cli-hub-reports-lift--node = Node that sent it
cli-hub-reports-lift--period = Month (YYYY-MM) or half-year (YYYY-H1, YYYY-H2)
cli-hub-reports-lift--by = Name of who decides
cli-hub-reports-lift--reason = Reason, public; nothing about a person
reports-quarantined = This report is kept, shown with the reason, and left out of every figure:
reports-lifted = This report counts again:
reports-left-out = by { $by }: { $reason }
doubt-too-many-trips = more trips than its persons could take
column-doubt = Doubt
column-left-out = Left out
refusal-report-unknown = No report of this node was received for { $period }. Check the period: a month (2026-10) or a half-year (2026-H2).
refusal-decision-malformed = Say who decides and why, each in one line: the name in 100 characters, the reason in 500 at most.
refusal-decision-already = That is how it is with this report already. Nothing is changed.
refusal-decision-too-many = Too many decisions were taken about this report. Nothing is changed.
