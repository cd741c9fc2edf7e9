# Months between territories: what each owes the other, line by line, signed by both.

help-settlement-month = The month, such as 2026-10

cli-node-settlement = Months with other territories: lines, signatures, differences
cli-node-settlement-list = Lists a month with every territory that has an agreement with us
cli-node-settlement-list--month = The month, such as 2026-10 (otherwise: last month)
cli-node-settlement-show = Shows a month with a territory: every line, the signatures, the differences
cli-node-settlement-show--node = { help-member }
cli-node-settlement-show--month = { help-settlement-month }
cli-node-settlement-sign = Signs a month that is over as our books have it, and sends it to the other
cli-node-settlement-sign--node = { help-member }
cli-node-settlement-sign--month = { help-settlement-month }
cli-node-settlement-sign--etag = { help-etag }
cli-node-settlement-correct = Puts a line of our books right, or takes over one that only the other has
cli-node-settlement-correct--node = { help-member }
cli-node-settlement-correct--month = { help-settlement-month }
cli-node-settlement-correct--handover = The handover of the line
cli-node-settlement-correct--leg = The leg: 1 for the outbound (if nothing is given), 2 for the return
cli-node-settlement-correct--outcome = What became of it: driven, no-show, at-the-door, nothing, or as-the-other for what the other has signed
cli-node-settlement-correct--loaded_km = Kilometres with the person (otherwise: as they are)
cli-node-settlement-correct--empty_km = Kilometres without (otherwise: as they are)
cli-node-settlement-correct--collected = Contribution that the driver collected, in euros (otherwise: as it is)
cli-node-settlement-correct--reason = Why: typing, outcome, kilometres, wrong-trip, other
cli-node-settlement-export = Gives a month with a territory out as a table for the accountant
cli-node-settlement-export--node = { help-member }
cli-node-settlement-export--month = { help-settlement-month }

cli-node-trip-complete--collected = Contribution collected from the person of another territory, in euros

heading-settlement-us = We have carried for the other:
heading-settlement-them = The other has carried for us:
heading-settlement-differences = Differences from what the other has signed:

field-settlement_month = Month
field-settlement_net = Net in our favour
field-settlement_total = Total by our books
field-settlement_their_total = Total by theirs
field-settlement_trouble = Obstacle
field-settlement_by_us = Signed by us
field-settlement_by_them = Signed by the other
field-settlement_changed = Since then
field-settlement_sending = On its way
field-settlement_day = Day
field-settlement_handover = Handover
field-settlement_leg = Leg
field-settlement_version = Agreement
field-settlement_result = What
field-settlement_amount = Amount
field-settlement_corrected = Put right
field-settlement_difference = Difference
field-settlement_ours = By our books
field-settlement_theirs = By theirs
field-settlement_their_line = Their line
field-settlement_us = We for the other
field-settlement_them = The other for us

settlement-changed = our books have changed since we signed: sign again
settlement-no-sum = cannot be said
settlement-their-line = { $line } ({ $day }, agreement { $version })
settlement-sending = the hub has not answered yet
settlement-driven = { $result }: { $loaded } km, { $empty } km empty, collected { $collected }

settlement-state-open = not signed
settlement-state-signed-by-us = signed by us
settlement-state-signed-by-them = signed by the other
settlement-state-settled = settled: signed by both, the same
settlement-state-different = signed by both, different
settlement-result-driven = driven
settlement-result-no-show = person not there
settlement-result-at-the-door = called off at the door
settlement-result-nothing = nothing to settle
settlement-difference-missing-here = we do not have it
settlement-difference-missing-there = the other does not have it
settlement-difference-otherwise = otherwise
settlement-trouble-version = a line names a version of the agreement that there is not, or that goes the other way
settlement-trouble-other-month = a line is of another month
settlement-trouble-no-agreement = no agreement with this territory is known

refusal-settlement-month-open = This month is not over: it can be signed from the first day of the next month on.
refusal-settlement-month-past = This month has been over for too long to be signed here.
refusal-settlement-no-agreement = These two territories have no agreement: there is nothing to settle between them.
refusal-settlement-no-such-member = This node is not, or no longer, a member of the federation.
refusal-settlement-too-many = Too many statements wait for the other territory, which has not read them yet. Call it, then sign again.
refusal-settlement-cannot-reckon = A line names a version of the agreement that we do not have. See: settlement show
refusal-settlement-too-many-lines = This month has too many lines for a statement. Settle it by the table: settlement export
refusal-settlement-line-unknown = Neither we nor the other have a line for this leg in this month. See: settlement show
refusal-settlement-line-range = A distance or an amount is out of range.
refusal-settlement-line-kilometres = No kilometres are known for this leg: give those with the person and those without.
refusal-settlement-line-not-driven = Kilometres and contributions go with the outcome “driven” only.
refusal-settlement-other-unsigned = The other territory has not signed this month yet: there is nothing to take over.
refusal-settlement-result = The outcome is driven, no-show, at-the-door, nothing or as-the-other.
refusal-trip-collected-own = This trip is ours: a contribution is noted with money pay.
refusal-trip-collected-range = A collected contribution is between 0 and €1,000.
