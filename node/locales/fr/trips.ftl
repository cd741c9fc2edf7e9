## Demandes et trajets : ce que la demande complète, et ce que devient un trajet
cli-node-request-add--call_when_done = La personne appelle quand elle a fini : le retour attend son heure
cli-node-request-add--tolerance_min = Avance ou retard acceptable, en minutes (sinon : 30)
cli-node-request-add--late_ok = Arriver après l’heure donnée est acceptable, dans la tolérance
cli-node-request-add--notes = Ce que le conducteur doit savoir pour ce trajet, par exemple le nom du cabinet ; ne quitte jamais le nœud
cli-node-request-add--model = Modèle de participation, id@version (sinon : celui en vigueur)
cli-node-trip-no-show--absent = Qui n’était pas là : person (le passager, si rien n’est dit) ou driver (le conducteur)
cli-node-trip-cancel--reason = Raison : illness (maladie), hospital (hospitalisation), appointment-moved (rendez-vous déplacé), appointment-cancelled (rendez-vous annulé), other-transport (autre moyen), weather (météo), no-longer-needed (plus nécessaire), duplicate (doublon), driver (conducteur), vehicle (véhicule), series (série), death (décès), other (autre)

field-trip_notes = Pour ce trajet

cancelled-by-prescriber = par le prescripteur
cancelled-by-destination = par le lieu de rendez-vous

cancel-reason-unspecified = sans raison donnée
cancel-reason-illness = maladie
cancel-reason-hospital = hospitalisation
cancel-reason-appointment-moved = rendez-vous déplacé
cancel-reason-appointment-cancelled = rendez-vous annulé
cancel-reason-other-transport = autre moyen de transport
cancel-reason-weather = météo
cancel-reason-no-longer-needed = plus nécessaire
cancel-reason-duplicate = doublon
cancel-reason-driver = conducteur indisponible
cancel-reason-vehicle = véhicule indisponible
cancel-reason-series = série modifiée ou terminée
cancel-reason-death = décès
cancel-reason-other = autre raison

absentee-person = passager absent
absentee-driver = conducteur absent

event-driver-absent = conducteur absent
event-edited = modifié
event-person-called = la personne a appelé
event-reopened = rouvert

action-edit = modifier ce trajet
action-reopen = rouvrir ce trajet
action-set-the-time-of = donner l’heure de ce trajet

refusal-request-one-return = L’heure du retour est donnée, et il est dit aussi que la personne appellera. Gardez l’un des deux.
refusal-trip-not-called = Impossible de { $action } : l’heure de ce retour n’est pas encore connue. Donnez-la quand la personne appelle, avec : trip call
refusal-trip-not-on-call = L’heure de ce trajet est déjà connue. Pour la changer, modifiez le trajet : trip edit
refusal-absentee-unknown = Ce code ne dit pas qui était absent. Écrivez person (le passager) ou driver (le conducteur).
refusal-cancel-reason-unknown = Ce code n’est pas une raison d’annulation. Les codes sont montrés par --help.

## Disponibilités : ce que la semaine ne dit pas
reason-public-holiday = ne conduit pas les jours fériés ({ $day } : { $holiday })
reason-school-holidays = ne conduit pas pendant les vacances scolaires ({ $day } : { $school_period })
reason-school-term = ne conduit que pendant les vacances scolaires ({ $day } : jour d’école)
reason-school-unknown = cela dépend des vacances scolaires, et celles du { $day } ne sont pas connues : demandez-lui

refusal-availability-dates = { $dates } dates avec d’autres horaires, c’est trop. Enlevez celles qui sont passées.

public-holiday-new-year = jour de l’an
public-holiday-good-friday = vendredi saint
public-holiday-easter-monday = lundi de Pâques
public-holiday-labour-day = fête du travail
public-holiday-victory-1945 = 8 mai 1945
public-holiday-ascension = Ascension
public-holiday-whit-monday = lundi de Pentecôte
public-holiday-national-day = fête nationale
public-holiday-assumption = Assomption
public-holiday-all-saints = Toussaint
public-holiday-armistice-1918 = 11 novembre 1918
public-holiday-christmas = Noël
public-holiday-saint-stephen = Saint-Étienne
school-period-autumn = Toussaint
school-period-christmas = Noël
school-period-winter = hiver
school-period-spring = printemps
school-period-ascension = pont de l’Ascension
school-period-summer = été
