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
