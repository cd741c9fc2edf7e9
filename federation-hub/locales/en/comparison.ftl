# What may be said of a comparison of participation models. Never a cause: models are not drawn by lot between
# territories.

## Conclusions
comparison-detected = The model { $first } is associated with a higher value of “{ $indicator }” than the model { $second }: a difference of { $difference }, at 95% between { $low } and { $high } (territories: { $first-territories } and { $second-territories }). Both methods agree; models were not drawn by lot between territories.
comparison-not-detected = No difference in “{ $indicator }” is detected between the models { $first } and { $second } (territories: { $first-territories } and { $second-territories }). That does not mean that there is none: only a difference of at least { $detectable } would have been announced, by both methods together, four times in five.
comparison-not-detected-one-method = No difference in “{ $indicator }” is detected between the models { $first } and { $second } (territories: { $first-territories } and { $second-territories }). That does not mean that there is none: only a difference of at least { $detectable } would have been seen four times in five by the first method; the second, without which nothing is announced, could not be applied.
comparison-methods-disagree = The two methods do not agree on “{ $indicator }” between the models { $first } and { $second }: we do not conclude (territories: { $first-territories } and { $second-territories }).
comparison-one-method = Only one of the two methods could be applied to “{ $indicator }” between the models { $first } and { $second }: we do not conclude (territories: { $first-territories } and { $second-territories }).

## Changes of model
comparison-change-associated = Changing model is associated with a change in “{ $indicator }” of { $effect } compared with territories that have not changed yet (territories that changed: { $changing }). No different evolution is detected before the change.
comparison-change-not-detected = No evolution of “{ $indicator }” proper to territories that change model is detected (territories that changed: { $changing }).
comparison-change-trends-differ = Territories that change model evolved differently before they changed: the difference of { $effect } in “{ $indicator }” cannot be read as linked to the change (territories that changed: { $changing }).
comparison-change-nothing-before = Changing model is associated with a change in “{ $indicator }” of { $effect } compared with territories that have not changed yet (territories that changed: { $changing }). Nothing before the change could be looked at: courses that differed already would not be seen.

## To be said beside it
comparison-note-exploratory = Exploratory indicator: it was not declared before the data were seen.
comparison-note-turned = Without the territory { $territory } the conclusion would be another (territories of which this is true: { $number }). Check what it reported before you publish.
comparison-note-both = Territories left out as they run both models: { $number }.

## Protection of people
comparison-privacy-noise = Every territory has added chance to its figures before it sent them: somebody who knew everything else and suspected that a person uses the service would guess right { $right } times in 100 instead of 50.
comparison-privacy-declared = Amounts declared and signed by the territories, without chance added: they are outside of the guarantee given to people.

## Why nothing is shown, and what would be needed
comparison-withheld-too-few-territories = Nothing is shown: the model { $model } has { $has } territories and { $needed } are needed.
comparison-withheld-one-territory-dominates = Nothing is shown: a single territory is more than { $percent }% of the model { $model }. Other territories are needed.
comparison-withheld-denominator-in-noise = Nothing is shown: the total of the model { $model } does not stand out enough of the chance added. At least { $needed } is needed: wait for more months or more territories.
comparison-withheld-too-few-above-noise = No second method: in the model { $model }, { $has ->
        [0] no territory stands out enough of the chance added
        [one] one territory alone stands out enough of the chance added
       *[other] { $has } territories stand out enough of the chance added
    } and { $needed } are needed. Wait for more months or more territories.
comparison-withheld-stratum-too-thin = No comparison at equal density: in the density class { $density } the model { $model } has { $has } territories and { $needed } are needed.
comparison-withheld-tells-a-part = Nothing is shown: with what is shown of the rest, the figure of { $model } would let somebody work out what must not be shown. Other territories are needed.
comparison-withheld-hidden-period = Nothing is shown: a period of the model { $model } is hidden, and could be worked out from the whole. Wait until it is no longer part of it.
comparison-withheld-too-few-changes = Nothing is shown: { $has } territories changed model and { $needed } are needed.
comparison-withheld-too-few-unchanged = Nothing is shown: { $has } territories had not changed model yet and { $needed } are needed to compare the others with.
comparison-withheld-changes-dominated = Nothing is shown: a single territory is more than { $percent }% of those that changed model, or of those they are compared with. Other territories are needed.
comparison-withheld-changes-in-noise = Nothing is shown: the counts of the territories that changed model, or of those they are compared with, do not stand out enough of the chance added. Wait for more half-years or more territories.
comparison-withheld-no-variation = No interval: all territories give the same value. Territories that differ are needed.
comparison-withheld-confounded = No second method: the models are in territories too different in density or population to be told apart. Similar territories under each model are needed.
comparison-withheld-concentrated = Nothing is shown: a few territories are nearly all of a model. Other territories of comparable size are needed.
comparison-withheld-too-many-columns = No second method: there are too few territories to take density and population into account. More are needed.
comparison-withheld-not-estimable = Nothing is shown: the computation gives no sure value with these figures. Wait for more months or more territories.
