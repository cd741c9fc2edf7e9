# Handovers: what the two desks say to each other while one carries for the other.

cli-node-handover-message = Writes to the other desk of a handover
cli-node-handover-message--id = { help-handover }
cli-node-handover-message--text = The message, 500 characters at most; only the other desk can read it
cli-node-handover-change = Other times or places for a trip that is handed over
cli-node-handover-change-ask = Asks the other desk for other times or places, up to 24 hours before the pickup
cli-node-handover-change-ask--id = { help-handover }
cli-node-handover-change-ask--trip = { help-trip }
cli-node-handover-change-ask--to_commune = { cli-node-request-add--to_commune }
cli-node-handover-change-ask--to_address = { cli-node-request-add--to_address }
cli-node-handover-change-ask--from_commune = { cli-node-trip-edit--from_commune }
cli-node-handover-change-ask--from_address = { cli-node-request-add--from_address }
cli-node-handover-change-ask--arrive_by = { cli-node-request-add--arrive_by }
cli-node-handover-change-ask--pickup_at = { cli-node-request-add--pickup_at }
cli-node-handover-change-ask--note = Why, for the other desk
cli-node-handover-change-answer = Answers a change the other desk asks for, or gives up one’s own
cli-node-handover-change-answer--id = { help-handover }
cli-node-handover-change-answer--yes = We agree
cli-node-handover-change-answer--no = We do not agree, or we ask no more
cli-node-handover-change-answer--without_driver = Agree although the driver cannot: another will be found
cli-node-handover-countersign = Countersigns what the neighbour says became of the trip
cli-node-handover-countersign--id = { help-handover }
cli-node-handover-dispute = Disputes what the neighbour says became of the trip
cli-node-handover-dispute--id = { help-handover }
cli-node-handover-dispute--reason = What is disputed: result, distance, other
cli-node-handover-dispute--text = In your own words; only the other desk can read it
cli-node-handover-timeline = Shows what happened to a handover, as both desks see it
cli-node-handover-timeline--id = { help-handover }

field-moment = What
field-moment_words = Details

moment-waiting = waits for the hub since { $since }
moment-offered = offered
moment-bid = bid
moment-awarded = chosen
moment-accepted = accepted
moment-refused = not taken
moment-lapsed = no answer in time
moment-released = given back
moment-withdrawn = taken back
moment-cancelled = the person does not travel
moment-expired = nobody in time
moment-closed = over, not ours
moment-outcome = account
moment-message = message
moment-driver-found = a driver is found
moment-driver-lost = the driver can no longer
moment-picked-up = on the way
moment-carried-by = carried by
moment-countersigned = account countersigned
moment-disputed = account disputed
moment-change-asked = change asked for
moment-change-agreed = change agreed
moment-change-not-agreed = change not agreed
moment-change-lapsed = change not answered in time
moment-widened = offered to more
moment-unreadable = cannot be read by this node

dispute-result = result
dispute-distance = distances
dispute-other = something else

refusal-handover-nobody-to-tell = Nobody carries this trip for another just now: there is no other desk to tell. See: handover show
refusal-handover-message-empty = Write something: an empty message tells nothing.
refusal-handover-not-done = There is no account of this trip yet: it comes when the neighbour has closed it.
refusal-handover-change-own = You asked for this change yourself: the other desk answers it. To give it up: handover change answer --no
refusal-handover-change-idle = Nothing would change: give another time or place.
refusal-dispute-reason-unknown = What is disputed is result, distance or other.

cli-node-handover-attention = What there is to look at in handovers, what is due first first
cli-node-handover-attention--after = { help-after }
cli-node-handover-attention--limit = { help-limit }
cli-node-handover-looked-at = Says that a handover which a restore took from here was looked at
cli-node-handover-looked-at--id = { help-handover }
handover-looked-at = Noted. Still to be looked at after the restore: { $left }.
refusal-handover-not-lost = This handover is not, or no longer, one of those to be looked at after a restore. See: handover attention

field-concern = To look at

concern-uncertain = uncertain: call the other desk
concern-returned = came back, nobody found yet
concern-to-answer = chosen: say yes or no
concern-to-choose = bids to choose from
concern-change-asked = another time or place is asked for
concern-account-missing = account missing
concern-disputed = account disputed
concern-message = message to answer
concern-refused = refused by the hub
concern-lost = taken by a restore: compare with the other desk, then handover looked-at

circle-1 = neighbours that serve both places
circle-2 = neighbours that serve one of the places
circle-3 = all neighbours that could

field-circle = Offered to
field-next_circle_at = To more from
field-goes_with = Goes with
field-circles = Circles
policy-circles = neighbours of one of the places after { $second }, all after { $third }
policy-no-circles = none: to all at once

field-offering = Offer to the neighbours
field-rule_for = Rule for
field-offered_by = Offered by the node
field-own_bid = Our bid
offering-ask = ask the coordinator
offering-at-once = by itself, as soon as nobody can
offering-within = by itself, { $hours } h before the start, if nobody can
rule-for-model = model { $model }
rule-for-trust = “{ $trust }” agreement
heading-policy-rules = Rules of their own:
bid-decided = Choosing { $partner }: { $decided }
decided-because = { $what }, { $why }
because-policy = by the general setting
because-model = because you have set it so for the model { $of }
because-trust = because your agreement with { $partner } is “{ $of }”
because-partner = because you have set it so for { $partner }
concern-to-bid = a neighbour asks: do you propose somebody?

help-rule-model = For trips of this model, by its name without a version
help-rule-trust = For neighbours with whom the agreement is ordinary, trusted or preferred
help-rule-partner = For this neighbour (node or SIREN), or this partner without a node
cli-node-policy-set--offering = Offer to the neighbours what nobody can drive: ask, at-once, or a number of hours before the start
cli-node-policy-rule = Rules of their own by model, trust or neighbour; the most specific one decides
cli-node-policy-rule-list = Shows the rules, the most general first
cli-node-policy-rule-set = Sets or changes a rule; what is not given stays
cli-node-policy-rule-set--model = { help-rule-model }
cli-node-policy-rule-set--trust = { help-rule-trust }
cli-node-policy-rule-set--partner = { help-rule-partner }
cli-node-policy-rule-set--offering = Offer to the neighbours (a model alone): ask, at-once, a number of hours, or unsaid (the rule says nothing of it)
cli-node-policy-rule-set--bidding = Propose our drivers (trust or neighbour): auto, ask or unsaid
cli-node-policy-rule-set--awarding = Choose among bids: auto, ask or unsaid
cli-node-policy-rule-set--etag = { help-etag }
cli-node-policy-rule-remove = Takes a rule out
cli-node-policy-rule-remove--model = { help-rule-model }
cli-node-policy-rule-remove--trust = { help-rule-trust }
cli-node-policy-rule-remove--partner = { help-rule-partner }
cli-node-policy-rule-remove--etag = { help-etag }

refusal-policy-offering = Type ask, at-once or a number of hours, such as 48.
refusal-policy-offering-hours = A trip is offered 1 to 720 hours before its start. For earlier: at-once
refusal-policy-rule-scope = A rule is for a model, a trust or a neighbour: give one of the three.
refusal-policy-rule-empty = This rule would say nothing. To take it out: policy rule remove
refusal-policy-rule-offering = When a trip is offered nobody knows yet who will answer: set it by policy set, or for a model.
refusal-policy-rule-bidding = A neighbour’s offer does not tell its model: set bids for a trust or a neighbour.
refusal-policy-rule-model = No model of the catalogue has this name. Type it without the version, such as benevoles-association; see models list
refusal-policy-rule-oneself = A rule is for others: this node is your own.
refusal-policy-rule-unknown = There is no rule for this. See: policy rule list
refusal-policy-rules-too-many = There are { $limit } rules already. Take one out: policy rule remove

cli-node-handover-offer--either = The outbound and the return apart: two neighbours may share them, or one of the two alone be carried
concern-half-carried = a neighbour carries the other trip of the journey there and back, nobody this one
refusal-handover-no-pair = There is no outbound with a return to offer: the other trip is missing, waits for a call or is decided. Offer this one alone: handover offer --single

## Journeys that two drivers share
help-meeting-at = Commune where one driver hands the person over to the other, INSEE code: neither that of the start nor that of the end
cli-node-trip-share = Shares a trip between two drivers over a meeting place: each stage is then given to somebody here or to a neighbour
cli-node-trip-share--id = { help-trip }
cli-node-trip-share--single = { help-single }
cli-node-trip-share--at = { help-meeting-at }
cli-node-trip-share--address = Where exactly they meet, such as the bus station
cli-node-trip-share--slack_min = Wait at the meeting place in minutes (10 if nothing is said, 60 at most): what the first driver may be late
cli-node-trip-rejoin = Makes one trip of two stages again, as long as nobody was asked
cli-node-trip-rejoin--id = { help-trip }
cli-node-trip-rejoin--single = { help-single }
cli-node-handover-decline = Says no to a neighbour's request: it leaves the list, and a proposal already made is taken back
cli-node-handover-decline--id = { help-handover }
relay-stage-near = near home
relay-stage-far = beyond the meeting place
meeting-at-pickup = another driver brings the person to the start
meeting-at-dropoff = another driver carries on from the end
field-relay_stage = Stage
field-meeting = Change of driver
field-other_stage = Other stage
sheet-meeting = Change of driver
confirmation-meeting = Change of driver
letter-drive-met = { $drive } ({ $meeting ->
    [at-pickup] another driver brings the person there
   *[at-dropoff] another driver carries on from there
})
refusal-relay-slack = The wait at the meeting place is { $limit } minutes at most.
refusal-relay-on-call = The time is not known yet: share the trip once the person has called (trip call).
refusal-relay-already = This trip is a stage of a shared journey already. To meet elsewhere, make one trip of it first: trip rejoin
refusal-relay-none = This trip is not shared between two drivers.
refusal-relay-same-place = The meeting place has to be in another commune than the start and the end.
refusal-relay-too-late = The first stage would have to begin at { $begins }, which is past. Choose a nearer meeting place, or change the time.
refusal-relay-asked = A driver or a neighbour has been asked already. Take the request back first, then try again.
refusal-relay-other-open = Nobody is found yet for the other stage: give it to somebody first, here or at a neighbour's. Nobody is left half of the way.
refusal-trip-shared = Two drivers share this journey: its times and places do not change on one side alone. Make one trip of it first (trip rejoin), or agree on it by telephone.
attention-stranded = the first driver has set out, and nobody known drives this stage: find somebody now, or call the driver back if the person is not on board yet
attention-half-carried = nobody is found yet for the other stage of the shared journey
refusal-relay-half = The other stage of this shared journey is cancelled or was not served: half of a journey is none. Make one trip of it (trip rejoin), or take a new request.
