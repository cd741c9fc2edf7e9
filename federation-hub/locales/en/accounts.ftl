# What platforms declare once a year: signed figures, without noise, outside the privacy guarantee.

cli-hub-accounts = The yearly accounts that territories declare
cli-hub-accounts-list = Shows the declarations received, every revision
cli-hub-accounts-list--year = Only this year
cli-hub-accounts-list--node = Only those of this node
cli-hub-accounts-totals = Shows the national totals by year
cli-hub-accounts-quarantine = Leaves what a node has declared about a year out of every figure
cli-hub-accounts-quarantine--node = The node that declared it
cli-hub-accounts-quarantine--year = Year
cli-hub-accounts-quarantine--by = Name of who decides
cli-hub-accounts-quarantine--reason = Reason; nothing about a person
cli-hub-accounts-lift = Counts a declaration again that was left out
cli-hub-accounts-lift--node = The node that declared it
cli-hub-accounts-lift--year = Year
cli-hub-accounts-lift--by = Name of who decides
cli-hub-accounts-lift--reason = Reason; nothing about a person
cli-hub-accounts-totals--year = Only this year

decimal-mark = .
accounts-note = These figures are declared and signed by the platforms, with no noise added: the privacy guarantee of the reports does not cover them.
accounts-in-force = in force
accounts-corrected = in force, corrected
accounts-withdrawn = taken back
accounts-revoked = in force, of a node revoked since
accounts-left-out = left out by { $by }: { $reason }
accounts-quarantined = This declaration is kept, shown with the reason, and left out of every figure:
accounts-lifted = This declaration counts again:
refusal-accounts-unknown = This node has declared nothing about { $year }. See what was received: maillage-hub accounts list
accounts-replaced = replaced

column-year = Year
column-account-figure = Figure
column-corrected = Corrected
column-volunteers = Volunteers

account-full-cost = Full cost (€)
account-subsidy = Subsidies (€)
account-contributions = Contributions (€)
account-compensation = Compensation (€)
account-waivers = Waivers (€)
account-vehicles = Vehicles
account-staff-fte = Full-time equivalents
account-trips = Trips (rounded to 50)
account-solutions-opened = Solutions opened

band-under-5 = fewer than 5
band-5-9 = 5 to 9
band-10-19 = 10 to 19
band-20-49 = 20 to 49
band-50-plus = 50 or more

refusal-accounts-malformed = This declaration does not follow the form in force.
refusal-accounts-not-rounded = The trips of this declaration are not rounded to 50, or an amount is not rounded to 100 €.
refusal-accounts-year-unknown = No platform declares this year.
refusal-accounts-year-not-over = This year is not over. Send the declaration after its end.
refusal-accounts-stale = A newer revision of this declaration was received before. It remains in force.
refusal-accounts-already-received = Another declaration was received under this revision. The first remains in force.

indicator-cost-per-trip = full cost declared per trip, in euros
indicator-cost-per-person = full cost declared of the year per person active in a half-year, in euros
figures-note-costs-of-year = Accounts declared of { $year }, by { $territories } territories that had one model only in the year. The cost is that of the whole service, loans and advice included; the trips are those of their own beneficiaries.
figures-note-costs-per-half-year = The persons of both half-years are added up: who is active in both is in it twice. It is not the cost per person of the year. These persons carry the chance added by the territories, the amounts do not.
figures-note-costs-begun = Too few territories have declared their accounts of { $year } so far: an earlier year is shown.
figures-note-costs-set-aside = Declarations left aside for want of one model only in the year, or of the persons of its two half-years: { $number }.
figures-note-solutions-declared = Solutions opened are those that territories have declared in their accounts, added up since the first declared year, be it before the programme; a territory that declares none is lacking.
figures-note-declared-year-withheld = A declared year may not be shown and is not added up.
column-declared = Declared (years)
