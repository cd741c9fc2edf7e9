# Relais : ce que les deux accueils se disent pendant que l’un transporte pour l’autre.

cli-node-handover-message = Écrit à l’autre accueil d’un relais
cli-node-handover-message--id = { help-handover }
cli-node-handover-message--text = Le message, 500 caractères au plus ; seul l’autre accueil peut le lire
cli-node-handover-change = D’autres horaires ou lieux pour un trajet confié
cli-node-handover-change-ask = Demande à l’autre accueil d’autres horaires ou lieux, jusqu’à 24 heures avant la prise en charge
cli-node-handover-change-ask--id = { help-handover }
cli-node-handover-change-ask--trip = { help-trip }
cli-node-handover-change-ask--to_commune = { cli-node-request-add--to_commune }
cli-node-handover-change-ask--to_address = { cli-node-request-add--to_address }
cli-node-handover-change-ask--from_commune = { cli-node-trip-edit--from_commune }
cli-node-handover-change-ask--from_address = { cli-node-request-add--from_address }
cli-node-handover-change-ask--arrive_by = { cli-node-request-add--arrive_by }
cli-node-handover-change-ask--pickup_at = { cli-node-request-add--pickup_at }
cli-node-handover-change-ask--note = Pourquoi, pour l’autre accueil
cli-node-handover-change-answer = Répond à un changement que l’autre accueil demande, ou renonce au sien
cli-node-handover-change-answer--id = { help-handover }
cli-node-handover-change-answer--yes = Nous sommes d’accord
cli-node-handover-change-answer--no = Nous ne sommes pas d’accord, ou nous ne demandons plus rien
cli-node-handover-change-answer--without_driver = Accepter même si le conducteur ne peut pas : un autre sera trouvé
cli-node-handover-countersign = Contresigne ce que le voisin dit du trajet
cli-node-handover-countersign--id = { help-handover }
cli-node-handover-dispute = Conteste ce que le voisin dit du trajet
cli-node-handover-dispute--id = { help-handover }
cli-node-handover-dispute--reason = Ce qui est contesté : result (résultat), distance (distances), other (autre)
cli-node-handover-dispute--text = Avec vos mots ; seul l’autre accueil peut les lire
cli-node-handover-timeline = Montre ce qui est arrivé à un relais, tel que les deux accueils le voient
cli-node-handover-timeline--id = { help-handover }

field-moment = Quoi
field-moment_words = Détails

moment-waiting = attend le fédérateur depuis { $since }
moment-offered = proposé
moment-bid = candidature
moment-awarded = choisi
moment-accepted = accepté
moment-refused = non pris
moment-lapsed = sans réponse à temps
moment-released = rendu
moment-withdrawn = repris
moment-cancelled = la personne ne voyage pas
moment-expired = personne à temps
moment-closed = terminé, pas pour nous
moment-outcome = compte rendu
moment-message = message
moment-driver-found = conducteur trouvé
moment-driver-lost = le conducteur ne peut plus
moment-picked-up = en route
moment-carried-by = transporté par
moment-countersigned = compte rendu contresigné
moment-disputed = compte rendu contesté
moment-change-asked = changement demandé
moment-change-agreed = changement accepté
moment-change-not-agreed = changement non accepté
moment-change-lapsed = changement sans réponse à temps
moment-widened = proposé à d’autres encore
moment-unreadable = illisible pour ce nœud

dispute-result = résultat
dispute-distance = distances
dispute-other = autre chose

refusal-handover-nobody-to-tell = Personne ne transporte ce trajet pour un autre en ce moment : il n’y a pas d’autre accueil à prévenir. Voyez : handover show
refusal-handover-message-empty = Écrivez quelque chose : un message vide ne dit rien.
refusal-handover-not-done = Il n’y a pas encore de compte rendu de ce trajet : il arrive quand le voisin l’a clos.
refusal-handover-change-own = Vous avez demandé ce changement vous-même : c’est l’autre accueil qui répond. Pour y renoncer : handover change answer --no
refusal-handover-change-idle = Rien ne changerait : donnez un autre horaire ou un autre lieu.
refusal-dispute-reason-unknown = Ce qui est contesté est result, distance ou other.

cli-node-handover-attention = Ce qu’il y a à regarder dans les relais, le plus pressé d’abord
cli-node-handover-attention--after = { help-after }
cli-node-handover-attention--limit = { help-limit }
cli-node-handover-looked-at = Note qu’un relais perdu à la restauration a été vérifié
cli-node-handover-looked-at--id = { help-handover }
handover-looked-at = C’est noté. Encore à vérifier après la restauration : { $left }.
refusal-handover-not-lost = Ce relais n’est pas, ou n’est plus, à vérifier après une restauration. Voyez : handover attention

field-concern = À regarder

concern-uncertain = incertain : appelez l’autre accueil
concern-returned = revenu, personne n’est encore trouvé
concern-to-answer = choisi : dites oui ou non
concern-to-choose = candidatures à départager
concern-change-asked = un autre horaire ou lieu est demandé
concern-account-missing = compte rendu manquant
concern-disputed = compte rendu contesté
concern-message = message auquel répondre
concern-refused = refusé par le fédérateur
concern-lost = perdu à la restauration : comparez avec l’autre accueil, puis handover looked-at

circle-1 = voisins qui desservent les deux lieux
circle-2 = voisins qui desservent un des lieux
circle-3 = tous les voisins possibles

field-circle = Proposé à
field-next_circle_at = À d’autres dès
field-goes_with = Va avec
field-circles = Cercles
policy-circles = voisins d’un des lieux après { $second }, tous après { $third }
policy-no-circles = aucun : à tous d’un coup

field-offering = Proposer par relais
field-rule_for = Règle pour
field-offered_by = Proposé par le nœud
field-own_bid = Notre candidature
offering-ask = demander au coordinateur
offering-at-once = de lui-même, dès que personne ne peut
offering-within = de lui-même, { $hours } h avant le départ, si personne ne peut
rule-for-model = modèle { $model }
rule-for-trust = accord « { $trust } »
heading-policy-rules = Règles particulières :
bid-decided = Choisir { $partner } : { $decided }
decided-because = { $what }, { $why }
because-policy = par le réglage général
because-model = parce que vous l’avez réglé ainsi pour le modèle { $of }
because-trust = parce que votre accord avec { $partner } est « { $of } »
because-partner = parce que vous l’avez réglé ainsi pour { $partner }
concern-to-bid = un voisin demande : proposez-vous quelqu’un ?

help-rule-model = Pour les trajets de ce modèle, par son nom sans version
help-rule-trust = Pour les voisins avec qui l’accord est ordinary (ordinaire), trusted (de confiance) ou preferred (préféré)
help-rule-partner = Pour ce voisin (nœud ou SIREN) ou ce partenaire sans nœud
cli-node-policy-set--offering = Proposer par relais ce que personne ne peut conduire : ask (demander), at-once (aussitôt) ou un nombre d’heures avant le départ
cli-node-policy-rule = Règles particulières par modèle, confiance ou voisin ; la plus précise l’emporte
cli-node-policy-rule-list = Montre les règles, de la plus générale à la plus précise
cli-node-policy-rule-set = Pose ou change une règle ; ce qui n’est pas indiqué reste
cli-node-policy-rule-set--model = { help-rule-model }
cli-node-policy-rule-set--trust = { help-rule-trust }
cli-node-policy-rule-set--partner = { help-rule-partner }
cli-node-policy-rule-set--offering = Proposer par relais (modèle seulement) : ask, at-once, un nombre d’heures, ou unsaid (la règle n’en dit rien)
cli-node-policy-rule-set--bidding = Proposer nos conducteurs (confiance ou voisin) : auto, ask ou unsaid
cli-node-policy-rule-set--awarding = Choisir parmi les propositions : auto, ask ou unsaid
cli-node-policy-rule-set--etag = { help-etag }
cli-node-policy-rule-remove = Retire une règle
cli-node-policy-rule-remove--model = { help-rule-model }
cli-node-policy-rule-remove--trust = { help-rule-trust }
cli-node-policy-rule-remove--partner = { help-rule-partner }
cli-node-policy-rule-remove--etag = { help-etag }

refusal-policy-offering = Écrivez ask, at-once ou un nombre d’heures, par exemple 48.
refusal-policy-offering-hours = Un trajet se propose de 1 à 720 heures avant le départ. Pour plus tôt : at-once
refusal-policy-rule-scope = Une règle vaut pour un modèle, une confiance ou un voisin : indiquez l’un des trois.
refusal-policy-rule-empty = Cette règle ne dirait rien. Pour la retirer : policy rule remove
refusal-policy-rule-offering = Quand un trajet est proposé, on ne sait pas encore qui répondra : réglez-le par policy set, ou pour un modèle.
refusal-policy-rule-bidding = La demande d’un voisin ne dit pas son modèle : réglez la candidature pour une confiance ou pour un voisin.
refusal-policy-rule-model = Aucun modèle du catalogue n’a ce nom. Écrivez-le sans la version, par exemple benevoles-association ; voyez models list
refusal-policy-rule-oneself = Une règle vaut pour les autres : ce nœud est le vôtre.
refusal-policy-rule-unknown = Il n’y a pas de règle pour cela. Voyez : policy rule list
refusal-policy-rules-too-many = Il y a déjà { $limit } règles. Retirez-en une : policy rule remove

cli-node-handover-offer--either = L’aller et le retour séparément : deux voisins peuvent se les partager, ou un seul des deux trajets être assuré
concern-half-carried = un voisin assure l’autre trajet de l’aller-retour, personne celui-ci
refusal-handover-no-pair = Il n’y a pas un aller et un retour à proposer ensemble : l’autre trajet manque, attend un appel ou est déjà décidé. Proposez celui-ci seul : handover offer --single

## Trajets partagés entre deux conducteurs
help-meeting-at = Commune où un conducteur passe la personne à l’autre, code INSEE : ni celle du départ, ni celle de l’arrivée
cli-node-trip-share = Partage un trajet entre deux conducteurs, avec une correspondance : chaque étape se confie ensuite ici ou à un voisin
cli-node-trip-share--id = { help-trip }
cli-node-trip-share--single = { help-single }
cli-node-trip-share--at = { help-meeting-at }
cli-node-trip-share--address = Lieu précis de la correspondance, par exemple la gare routière
cli-node-trip-share--slack_min = Attente prévue à la correspondance, en minutes (10 si rien n’est dit, 60 au plus) : le retard que le premier conducteur peut avoir
cli-node-trip-rejoin = Refait un seul trajet de deux étapes, tant que personne n’a été sollicité
cli-node-trip-rejoin--id = { help-trip }
cli-node-trip-rejoin--single = { help-single }
cli-node-handover-decline = Dit non à la demande d’un voisin : elle sort de la liste, et une proposition déjà faite est retirée
cli-node-handover-decline--id = { help-handover }
relay-stage-near = près du domicile
relay-stage-far = au-delà de la correspondance
meeting-at-pickup = un autre conducteur amène la personne au départ
meeting-at-dropoff = un autre conducteur prend la suite à l’arrivée
field-relay_stage = Étape
field-meeting = Correspondance
field-other_stage = Autre étape
sheet-meeting = Correspondance
confirmation-meeting = Correspondance
letter-drive-met = { $drive } ({ $meeting ->
    [at-pickup] un autre conducteur y amène la personne
   *[at-dropoff] un autre conducteur y prend la suite
})
refusal-relay-slack = L’attente à la correspondance est de { $limit } minutes au plus.
refusal-relay-on-call = L’heure n’est pas encore connue : partagez le trajet quand la personne aura appelé (trip call).
refusal-relay-already = Ce trajet est déjà une étape d’un trajet partagé. Pour changer la correspondance, refaites d’abord un seul trajet : trip rejoin
refusal-relay-none = Ce trajet n’est pas partagé entre deux conducteurs.
refusal-relay-same-place = La correspondance doit être dans une autre commune que le départ et l’arrivée.
refusal-relay-too-late = La première étape devrait commencer à { $begins }, c’est passé. Choisissez une correspondance plus proche, ou changez l’heure.
refusal-relay-asked = Un conducteur ou un voisin est déjà sollicité. Retirez d’abord la demande, puis recommencez.
refusal-relay-other-open = Personne n’est encore trouvé pour l’autre étape : confiez-la d’abord, ici ou à un voisin. Personne n’est laissé à mi-chemin.
refusal-trip-shared = Deux conducteurs se partagent ce trajet : ses heures et ses lieux ne changent pas d’un seul côté. Refaites d’abord un seul trajet (trip rejoin), ou convenez-en par téléphone.
attention-stranded = le premier conducteur est parti, et on ne sait personne pour cette étape : trouvez quelqu’un maintenant, ou rappelez le conducteur si la personne n’est pas encore à bord
attention-half-carried = personne n’est encore trouvé pour l’autre étape du trajet partagé
refusal-relay-half = L’autre étape de ce trajet partagé est annulée ou n’a pas été assurée : la moitié d’un trajet n’en est pas un. Refaites un seul trajet (trip rejoin), ou prenez une nouvelle demande.
