# The console: what its pages show.

## Around pages
console-skip = Skip to the content
console-nav = Main navigation
console-more-ways = More
console-tab-home = Home
console-tab-today = Today
console-tab-request = New request
console-tab-people = People
console-other-language = Français
console-other-language-code = fr
console-sign-out = Sign out

## Signing in
console-sign-in = Sign in
console-sign-in-do = Sign in
console-sign-in-account = Account name
console-sign-in-password = Password
console-sign-in-help = Password forgotten, or first time? Whoever administers the platform gives you a link that works once.
console-kept = Your session was over. What you had typed is not lost: sign in, and the form comes back as it was.
console-kept-back = Here is what you had typed. Nothing has been saved yet.
console-sent-already = A request was already saved from this form. If you mean a second one, save once more.
console-choose = Choose a password
console-choose-for = For the account “{ $name }”.
console-choose-do = Save this password
console-choose-new = New password
console-choose-hint = At least 12 characters. Three or four words that do not belong together, with the spaces, are easy to remember.
console-choose-again = The same, once more
console-choose-present = Present password
console-choose-differ = The two are not the same.
console-choose-done = It is saved: you are signed in.
console-password-changed = The password is changed. Your other sessions are over.
console-signed-out = You are signed out.

## What does not work out
console-nothing-here = Nothing at this address
console-nothing-here-text = This page does not exist, or not any more. The address may be incomplete.
console-not-allowed = You have no right to this
console-not-allowed-text = Your account does not open this page. If you need it, ask whoever administers the platform.
console-too-many = One moment
console-too-many-text = Too many requests from this address in a short time. Wait a little, then try again.
console-sign-in-wait = Too many attempts. Wait a quarter of an hour, then try again; if the password is forgotten, ask whoever administers the platform for a link.
console-forged = Form out of date
console-forged-text = This form can no longer be sent: the page had been open for long, or the request did not come from it. Nothing was done. Open the page again and start over.
console-link-over = This link is worth nothing any more
console-too-long = Form too long
console-too-long-text = What you sent is more than this page takes. Shorten the notes, then try again.
console-broken-off = The form did not arrive whole
console-broken-off-text = The line broke off, or it is too slow. Go back and send it again: what you typed is still there.
console-out-of-order = Something is wrong
console-out-of-order-text = Your request could not be dealt with. Try again in a moment; if it lasts, tell whoever hosts the platform.
console-go-home = Back to the start
console-go-sign-in = Sign in

## Home of the other roles
console-home = Hello
console-home-text = You are signed in. The pages of your role are on their way into the console; until then, whoever administers the platform does for you what you need.

## Today
console-today = Today
console-day = Day
console-day-go = Go
console-days = Other days
console-day-before = ← The day before
console-day-present = Today
console-day-after = The day after →
console-sheet = Day sheet to print
console-decide =
    { $count ->
        [0] Nothing to decide
        [one] One decision to make
       *[other] { $count } decisions to make
    }
console-decide-none = Everything is in order for now.
console-trips =
    { $count ->
        [0] Trips of the day
        [one] One trip that day
       *[other] { $count } trips that day
    }
console-trips-none = No trip.
console-by-driver = By driver
console-to-decide = to be filled
console-to-decide-advice = Open the trip, see who can drive, and ask; if nobody can, ask the neighbours.
console-does-not-fit = does not fit any more
console-handover = neighbours
console-offer-late = no answer
console-offer-late-what = { $name } was to answer.
console-offer-late-advice = Call, then note the answer on the page of the trip.
console-offer-call = to be called
console-offer-call-what = { $name } has to be called.
console-do-stranded = Find somebody for this stage now, or call the first driver back.
console-do-half-carried = Find somebody for the other stage, or call both off.
console-do-home-moved = Call the person: do they leave from the new address? Correct the trip, then tell the driver.
console-do-needs-changed = Check that the vehicle still fits; otherwise ask somebody else.
console-do-same-place = The person lives at the destination now: ask whether the trip is still needed, otherwise call it off.
console-do-inactive = Ask somebody else: this volunteer is not asked any more.
console-do-avoided = Ask somebody else: these two are not to travel together any more.
console-do-company-not-agreed = Ask the person whether company is acceptable; otherwise separate the trips.
console-do-documents = Ask the volunteer for the document and note it in the file; otherwise ask somebody else.
console-do-communes = Ask the volunteer whether it is acceptable this once; otherwise ask somebody else.
console-do-week = Ask the volunteer whether it is too much; otherwise ask somebody else.
console-do-fitness = Ask somebody whose vehicle fits.
console-do-window = Agree another time with the person and the driver, or change the driver.
console-do-too-fast = Set out earlier, or agree a wider time with the person.
console-do-wait = The wait between the two trips is long: ask the volunteer, or give the return to somebody else.
console-do-availability = Ask the volunteer whether it is possible all the same; otherwise ask somebody else.
console-do-overlap = The volunteer is expected in two places: give one of the trips to somebody else.
console-do-too-far = Ask the volunteer whether the distance is acceptable; otherwise ask somebody else.
console-do-commune-unknown = Correct the commune of the trip: it may have merged.
console-do-shape = Open the trip and check outbound and return.
console-do-concern-uncertain = Call the other desk: it must be known who carries the trip.
console-do-concern-returned = Look for a driver, or offer the trip to other neighbours.
console-do-concern-half-carried = Look for somebody for the other trip, or take both back.
console-do-concern-to-answer = Say yes or no to the neighbour.
console-do-concern-to-choose = Choose one of the neighbours who propose themselves.
console-do-concern-to-bid = See whether somebody of yours can, and answer.
console-do-concern-change-asked = Answer the other desk: yes or no.
console-do-concern-account-missing = Ask the other desk what became of the trip.
console-do-concern-disputed = Call the other desk and agree on what happened.
console-do-concern-message = Answer the other desk.
console-do-concern-refused = Tell whoever hosts the platform.
console-do-concern-lost = Compare with the other desk what is true, then note it here.

## Taking a request
console-request = New request
console-who = Who travels?
console-who-letters = Name, phone or commune
console-who-hint = Three letters are enough, without accents if you like.
console-who-other = Another person
console-find = Search
console-found =
    { $count ->
        [one] One person found
       *[other] { $count } people found
    }
console-found-none = Nobody matches. Check the spelling, try the phone number, or register the person.
console-pick = Choose { $name }
console-where = Where, and what for?
console-habits = As usual:
console-habit-times =
    { $times ->
        [one] once, { $weekday } at { $time }
       *[other] { $times } times, often { $weekday } at { $time }
    }
console-to-commune = Commune of arrival
console-commune-hint = Its name, or its INSEE code.
console-to-address = Address of arrival
console-address-hint = Street and number, or the name of the place.
console-purpose = Purpose
console-when = When?
console-time = Time
console-time-kind = This is the time
console-kind-arrive = to be there
console-kind-pickup = to be fetched
console-back = And the way back?
console-back-none = no way back
console-back-at = at a given time
console-back-call = the person calls when done
console-back-time = Time of the way back
console-back-time-hint = Only for a way back at a given time.
console-notes = Note for the driver
console-notes-hint = Optional: name of the practice, floor, code. Nothing medical.
console-more = More: leaving from elsewhere than home, companions, tolerance
console-from-commune = Leaving from another commune
console-from-hint = Only if the trip does not begin at home.
console-from-address = Address of departure
console-companions = Companions
console-tolerance = Tolerance, in minutes
console-tolerance-hint = Otherwise: 30 minutes.
console-late-ok = Arriving a little after the time is acceptable
console-check = Check
console-check-hint = “Check” shows the legal frame, the contribution and who can drive. Nothing is saved before “Save”.
console-checked = If you save
console-save = Save the request
console-save-hint = Or choose below whom to ask: the request is saved at the same time.
console-saved = The request is saved.
console-saved-asked = The request is saved, and { $name } is asked.
console-saved-not-asked = The request is saved, but { $name } could not be asked: { $why }
console-wrong =
    { $count ->
        [one] One point to correct
       *[other] { $count } points to correct
    }
console-need-commune = Give the commune of arrival.
console-need-purpose = Choose the purpose.
console-need-day = Give the day.
console-need-time = Give the time.
console-need-back-time = Give the time of the way back, or choose that the person calls.
console-need-letters = Type at least three letters or digits.
console-not-number = Write a whole number, such as 1.
console-commune-unknown = No commune has this name. Check the spelling, or write its INSEE code.
console-commune-several = Several communes have this name: { $name }. Write one of them, with its code.
console-sign-frame = Reason for the exception from the legal frames
console-sign-access = Reason for the exception from the prescription
console-sign-hint = Without a reason the request cannot be saved. The exception is signed with your account and dated.
console-ask-and-save = Save and ask { $name }
console-can = Who can drive
console-nobody = Nobody can drive this trip for now. See why below, change the time, or ask the neighbours.
console-cannot =
    { $count ->
        [one] One person cannot, and why
       *[other] { $count } people cannot, and why
    }
console-pickup-at = picked up { $name }
console-extra = + { $name } empty
console-estimated = Distances are estimated, without a router.
console-asked = contribution: { $name }
console-why-frame = Why this frame
console-frame-unsure = Frame to be confirmed: see why
console-outside = Outside every legal frame

## A trip
console-trip-title = { $from } → { $to }
console-leg-title = { $leg }: { $from } → { $to }
console-fact-phone = Phone
console-fact-home = Home
console-fact-from = From
console-fact-to = To
console-fact-distance = Distance
console-fact-needs = Needs
console-fact-companions = Companions
console-fact-notes = Note for the driver
console-fact-person-notes = To know
console-fact-driver = Driver
console-fact-email = E-mail
console-fact-birth = Year of birth
console-fact-situation = Situation
console-fact-channel = Wishes to be reached by
console-fact-internal = Internal note
console-fact-sharing = Trips given to neighbours
console-fact-pooling = In the car
console-fact-statistics = Statistics
console-fact-informed = Informed on
console-objects = objects
console-does-not-object = does not object
console-other-leg-outbound = The way there
console-other-leg-return = The way back
console-ask = Ask { $name }
console-asked-done = { $name } is asked.
console-question = { $name } has not answered yet
console-question-until = Answer wanted before: { $name }.
console-answer-yes = It is yes
console-answer-no = It is no
console-answer-why = If it is no, why?
console-answered-yes = Noted: yes.
console-answered-no = Noted: no. See whom to ask now.
console-neighbours = Ask the neighbours
console-neighbours-text = Neighbouring territories see the communes, the time window and the coded needs; only the one that is chosen can read name and address.
console-neighbours-agrees = The person agrees for this trip
console-neighbours-never = The person does not want trips to be given to neighbours.
console-neighbours-do = Offer to the neighbours
console-neighbours-done = The trip is offered to the neighbours.
console-moments = What happened
console-ending = End of the trip
console-driven = Kilometres with the person
console-driven-hint = Leave empty for the estimate.
console-done = The trip is done
console-done-done = Noted: the trip is done.
console-absent = The person was not there
console-absent-done = Noted: the person was not there.
console-cancel = Call the trip off
console-cancel-by = On whose word?
console-cancel-why = Why?
console-cancel-do = Call this trip off, and the other way with it
console-cancel-done = The trip is called off.
console-by-person = the person
console-by-volunteer = the volunteer
console-by-platform = the platform
console-by-destination = the destination
console-by-prescriber = the prescriber
console-unmet = Nobody can: note an unmet need
console-unmet-why = Why?
console-unmet-do = Note the unmet need
console-unmet-done = It is noted in the ledger of unmet need.

## People
console-people = People
console-file = The file
console-choices = Choices made
console-request-for = Take a request
console-person-trips = Trips
console-habits-title = Usual destinations
console-file-moments = What happened
console-change-person-add = file opened
console-change-person-update = file changed
console-change-request-add = request taken
console-change-trip-offer = driver asked for a trip
console-change-trip-accept = driver agreed
console-change-trip-refuse = driver declined
console-change-trip-pick-up = on board
console-change-trip-complete = trip done
console-change-trip-no-show = not there
console-change-trip-cancel = trip called off
console-change-trip-unmet = unmet need
console-change-trip-edit = trip changed
console-change-trip-correct = end of a trip corrected
console-change-trip-call = way back asked for
console-change-series-add = series made
console-change-series-edit = series changed
console-change-money-receive = contribution received
console-change-subject-export = copy of the file handed over
