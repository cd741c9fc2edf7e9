# Partners without a node: a taxi firm, an association, and the files exchanged with them.

cli-node-partner = Partners without a node: taxi firms, associations
help-partner = Identifier of the partner
cli-node-partner-add = Registers a partner
cli-node-partner-add--name = Name of the partner
cli-node-partner-add--phone = Phone
cli-node-partner-add--email = E-mail address
cli-node-partner-add--format = Form of its files: csv (table) or tds (telegrams)
cli-node-partner-add--communes = Communes it serves, INSEE codes with commas; nothing: any
cli-node-partner-add--needs = Needs it can serve
cli-node-partner-update = Changes a partner; what is not given stays
cli-node-partner-update--id = { help-partner }
cli-node-partner-update--name = { cli-node-partner-add--name }
cli-node-partner-update--phone = { cli-node-partner-add--phone }
cli-node-partner-update--email = { cli-node-partner-add--email }
cli-node-partner-update--format = { cli-node-partner-add--format }
cli-node-partner-update--communes = { cli-node-partner-add--communes }
cli-node-partner-update--needs = { cli-node-partner-add--needs }
cli-node-partner-update--active = It is still offered trips: yes or no
cli-node-partner-update--etag = { help-etag }
cli-node-partner-list = Lists partners
cli-node-partner-list--after = { help-after }
cli-node-partner-list--limit = { help-limit }
cli-node-partner-show = Shows a partner
cli-node-partner-show--id = { help-partner }
cli-node-partner-give-out = Gives out what is new for a partner
cli-node-partner-give-out--id = { help-partner }
cli-node-partner-give-out--format = Form of the file: csv or tds; nothing: the partner’s own
cli-node-partner-give-out--again = Give again what was given before and is still true, until 30 days after the trip
cli-node-partner-give-out--output = File to make, for you alone; nothing: on the screen
cli-node-partner-give-out--letter = Make a draft of an e-mail to the partner of it, the file attached, to open in your mail program
cli-node-partner-take-in = Takes in the answers of a partner, all or nothing
cli-node-partner-take-in--id = { help-partner }
cli-node-partner-take-in--file = The file received, or the saved e-mail to which it is attached; - for standard input
cli-node-partner-take-in--format = { cli-node-partner-give-out--format }
cli-node-partner-take-in--dry_run = Check everything, write nothing
cli-node-handover-offer--partner = Offer it to this partner without a node instead of the neighbours; can be given several times
cli-node-handover-offer--partners = Offer it to every fitting partner without a node instead of the neighbours

field-format = Form

partner-given-out = { $messages ->
    [0] Nothing new.
    [one] One message given out.
   *[other] { $messages } messages given out.
}
partner-left = { $left ->
    [one] One message waits: it has no telegram. Give it out with --format csv, or call.
   *[other] { $left } messages wait: they have no telegram. Give them out with --format csv, or call.
}
partner-more = { $more ->
    [one] One more message waits: the file is full. Ask again.
   *[other] { $more } more messages wait: the file is full. Ask again.
}
field-fare = Price named
partner-taken = Answers taken: { $taken } new, { $known } known already.
partner-would-take = Nothing is written. The file is good: { $taken } new answers, { $known } known already.
partner-fare = Price named for { $handover }: { $euros }

refusal-partner-unknown = No partner has this identifier. Look for it with: partner list
refusal-partner-format = The form of files is csv or tds.
refusal-partner-commune = A commune that is served is given by its INSEE code, such as 81004.
refusal-partner-none = No active partner serves this trip with its needs. See them with: partner list
refusal-partner-cannot-serve = This partner is not active, does not serve these communes or cannot serve these needs. Change it with: partner update
refusal-partner-change-by-phone = A partner without a node does not answer a change by file: call it, its number is in handover show.
refusal-partner-outside-window = The time proposed for leg { $leg } is outside the window that was asked for.
refusal-partner-nothing-written = Nothing is written.
refusal-partner-has-faults = { $faults ->
    [one] Nothing is taken: one answer is not accepted. Mend it and take the whole file in again.
   *[other] Nothing is taken: { $faults } answers are not accepted. Mend them and take the whole file in again.
}
refusal-partner-file-too-large = The file has more than { $limit } bytes: send it in parts.
refusal-partner-file-too-long = The file has more than { $limit } lines or telegrams: send it in parts.
refusal-partner-not-a-table = This is no table that can be read: save it as CSV UTF-8.
refusal-partner-not-a-letter = This e-mail cannot be read: save the file attached to it, then take that in.
refusal-partner-nothing-attached = No { $ending } file is attached to this e-mail. Ask the partner for it: what is written in the e-mail itself is not read.
refusal-partner-many-attached = { $files } different { $ending } files are attached to this e-mail. Save the right one, then take that in.
refusal-partner-without-email = This partner has no e-mail address. Add it with: partner update { $id } --email …
partner-letter-subject = Solidarity trips
partner-letter-body = { $format ->
    [tds]
        Hello,

        Attached are our messages about the trips we offer or entrust to you, for your program.
        Please answer this e-mail with the file of its answers attached.

        The file may hold the name and address of a person to be driven: pass it on to whoever drives alone, and delete it after the trip.

        For any question, call our desk.
   *[other]
        Hello,

        Attached is a table of the trips we offer or entrust to you.
        Please fill in the column “reponse” of each line, then what it asks for, and answer this e-mail with the table attached.

        The table may hold the name and address of a person to be driven: pass it on to whoever drives alone, and delete it after the trip.

        For any question, call our desk.
}
refusal-partner-not-json = This is no JSON: it makes no sense at line { $row }, column { $position }.
refusal-partner-missing = Something is missing here.
refusal-partner-no-such-column = There is no such column. The columns are: { $allowed }
refusal-partner-column-twice = This column is there twice: remove one.
refusal-partner-row-length = { $cells } cells for { $columns } headings: is there a semicolon too many?
refusal-partner-no-such-telegram = There is no such telegram here. There are: { $allowed }
refusal-partner-not-one-of = { $value } is not accepted. These are: { $allowed }
refusal-partner-not-a-time = { $value } is no time: write it like { $example }
refusal-partner-skipped-time = { $value } does not exist: the clocks go forward over it.
refusal-partner-not-an-id = { $value } is no identifier: copy the one you were sent.
refusal-partner-not-a-number = { $value } is no number from { $least } to { $most }.
refusal-partner-too-long = More than { $limit } characters: make it shorter.
refusal-partner-unknown-handover = No trip that was offered to this partner has this identifier.
refusal-partner-unknown-ticket = No trip that was offered to this partner has this ticket.
refusal-partner-leg-missing = Leg { $leg } is missing: outbound and return go together, in one file.
refusal-partner-leg-twice = The same file has answered this already, { $kind ->
    [line] in line { $row }
   *[member] in { $earlier }
}.
refusal-partner-legs-differ = Outbound and return do not say the same: they go together.
refusal-partner-type = Expected here: { $expected ->
    [object] an object
    [list] a list
    [text] a text
    [number] a number
    [boolean] true or false
   *[nothing] nothing
}; found: { $found ->
    [object] an object
    [list] a list
    [text] a text
    [number] a number
    [boolean] true or false
   *[nothing] nothing
}
refusal-partner-from-platform = This telegram goes from the platform to the partner, not the other way.
refusal-partner-from-partner = This telegram goes from the partner to the platform, not the other way.
refusal-partner-not-here = { $what ->
    [referral] Nobody is referred by telegram: call the platform’s desk.
    [position] Where a vehicle is has no place here: leave this telegram out.
    [person-in-offer] An offer says nothing of who travels, why, or exactly where.
    [transfer] A trip with a change on the way is not offered to one partner: call the platform’s desk.
    [no-agreement] A person who does not travel needs nobody’s agreement: if you have driven, send a 4A.
    [others-cancel] Only the platform cancels for itself or for the person: call its desk.
   *[expiry] Only the platform lets an order expire: to give it back, send Cancel.
}
