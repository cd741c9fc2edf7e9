# Yearly declaration: figures typed and signed by a person, without noise, outside the privacy guarantee.

help-declared-year = Civil year, YYYY
help-declared-signed-by = Name of the person who answers for the figures; it stays on this node
help-declared-signed-as = That person’s function (treasurer, president…); it stays on this node

cli-node-report-declare = Shows what would be declared for a year; with --confirm, signs and sends it
cli-node-report-declare--year = { help-declared-year }
cli-node-report-declare--full_cost = Full cost of the service, in euros
cli-node-report-declare--subsidy = Subsidies received, in euros
cli-node-report-declare--contributions = Contributions owed by beneficiaries for what was rendered to them, even if given up since, without memberships and donations, in euros
cli-node-report-declare--compensation = Compensation paid to volunteers, in euros
cli-node-report-declare--waivers = Expenses that volunteers gave up, in euros
cli-node-report-declare--vehicles = Vehicles of the platform
cli-node-report-declare--staff_fte = Full-time equivalents of the staff, such as 1.5
cli-node-report-declare--volunteers = Volunteers, as a band: under-5, 5-9, 10-19, 20-49, 50-plus
cli-node-report-declare--solutions_opened = Solutions opened in the year
cli-node-report-declare--signed_by = { help-declared-signed-by }
cli-node-report-declare--signed_as = { help-declared-signed-as }
cli-node-report-declare--confirm = Signs exactly what was shown under this code
cli-node-report-declared = Lists the yearly declarations, every revision
cli-node-report-retract = Takes the declaration of a year back: it is kept, and the hub adds it up no more
cli-node-report-retract--year = { help-declared-year }
cli-node-report-retract--revision = Revision to take back: the one in force
cli-node-report-retract--reason = Reason: wrong-counts, wrong-model, test-data, other
cli-node-report-retract--signed_by = { help-declared-signed-by }
cli-node-report-retract--signed_as = { help-declared-signed-as }

declaration-heading = What the platform would declare for { $year }:
declaration-trips-counted = Trips carried out, as this node counts them: { $counted }. Only the number rounded to 50 leaves, and each amount leaves rounded to 100 €.
declaration-trips-as-before = This node was restored from a state before the first signing: it does not know any more who objected to statistics then, and takes the trips declared already.
declaration-proposed = What the books of this node know:
declaration-whole = taken if you type nothing
declaration-part = a part only: type the total
declaration-statements-open = Statements about this year that are not closed, not paid, or whose waiver is not signed: { $count }. The compensation and waivers proposed lack them; a waiver counts in the year it is signed.
declaration-missing = Still to be typed: { $figures }.
declaration-obstacle = Nothing can be declared: { $text }
declaration-replaces = This declaration will take the place of revision { $revision }, which stays to be seen as corrected. If an amount has changed since by one person alone, and by more than 100 euros, the difference would tell it to the hub: then type that amount as it was, and put it right together with others.
declaration-unchanged = These are the figures of revision { $revision } already: nothing new is signed.
declaration-outside-guarantee = These figures are declared by a person, with no noise added: the privacy guarantee of the reports does not cover them. No name leaves. The hub keeps every revision; a difference of less than 100 € between two of them tells nobody’s amount, a larger one is read to within 100 €.
declaration-not-yet = Nothing is signed or sent.
declaration-confirm = Nothing is signed or sent. To sign exactly this, add: --signed-by NAME --signed-as FUNCTION --confirm { $etag }
declaration-signed = This declaration is signed and kept. A mistake is corrected by a new declaration; if the hub refuses this one, sign it again.
declaration-retracted = The declaration is taken back: it is kept, and the hub adds it up no more once it has heard so.

field-declared_figure = Figure
field-in_books = In the books
field-in_books_as = What it is
field-declared_revision = Revision
field-declared_in_force = In force
field-signed_at = Signed on
field-signed_by = Signed by

declared-models = Participation models
declared-full-cost = Full cost
declared-subsidy = Subsidies
declared-contributions = Contributions
declared-compensation = Compensation
declared-waivers = Waivers
declared-vehicles = Vehicles
declared-staff-fte = Full-time equivalents
declared-volunteers = Volunteers
declared-trips = Trips (rounded to 50)
declared-solutions-opened = Solutions opened

band-under-5 = fewer than 5
band-5-9 = 5 to 9
band-10-19 = 10 to 19
band-20-49 = 20 to 49
band-50-plus = 50 or more

declaration-state-waiting = kept; it waits for a hub that takes it
declaration-state-posted = on its way
declaration-state-sent = received by the hub
declaration-state-refused = refused by the hub

refusal-declaration-year-not-over = The year { $year } is not over. Declare it from the next 1 January on.
refusal-declaration-few-beneficiaries = In { $year }, { $served } beneficiaries were served; it takes { $needed } for a declaration to tell nothing of any one of them.
refusal-declaration-one-payer = In { $year }, one person owes { $percent } % of the contributions (the smaller of what is typed and the books), and at most { $most } % are allowed: the total would tell what that person pays. It would take { $missing } € more from others.
refusal-declaration-one-driver = In { $year }, one driver makes { $percent } % of a total, and at most { $most } % are allowed ({ $sum ->
    [trips] trips: it would take { $missing } more by others
    [compensation] compensation: it would take { $missing } € more to others
   *[waivers] waivers: it would take { $missing } € more from others
}).
refusal-declaration-not-in-books = The books of this node have nothing of this total: { $figure ->
    [contributions] contributions
    [compensation] compensation
   *[waivers] waivers
}. Nobody can check that it is not one person’s: book it first.
refusal-declaration-not-as-shown = The declaration is no longer the one that was shown: nothing is signed. Look at what it would be now, then sign with the code that is shown.
refusal-declaration-other-revision = Another revision is in force for { $year }: nothing is taken back. See the declarations with: report declared
refusal-declaration-figures-missing = Figures are still to be typed: { $figures }. What the books do not know whole is not guessed.
refusal-declaration-figure-range = The figure { $figure } cannot be: it is negative, or larger than that of any platform.
refusal-declaration-band = The number of volunteers is declared as a band: under-5, 5-9, 10-19, 20-49 or 50-plus.
refusal-declaration-signatory = Give name and function of the person who answers for the figures: --signed-by, --signed-as. They stay on this node.
refusal-declaration-unknown = Nothing is declared for { $year }. See the declarations with: report declared
refusal-declaration-too-many = This year has too many declared revisions already. Call the national team.
refusal-declaration-signed = Another declaration is signed under this revision already. Look again, then start over.
refusal-accounts-malformed = The hub did not understand the declaration. Check that both programs are up to date.
refusal-accounts-not-rounded = The trips of the declaration are not rounded to 50, or an amount is not rounded to 100 €. Update the node.
refusal-accounts-year-unknown = The hub takes no declaration for this year.
refusal-accounts-year-not-over = For the hub this year is not over. Check the clock of the machine.
refusal-accounts-stale = The hub has a newer revision of this declaration. Declare again if it is wrong.
refusal-accounts-already-received = The hub has another declaration under the same revision. Nothing is changed; tell the national team.
