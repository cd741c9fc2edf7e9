# Décomptes du mois entre territoires : ce que chacun doit à l’autre, ligne par ligne, signé des deux.

help-settlement-month = Le mois, sous la forme 2026-10

cli-node-settlement = Décomptes du mois avec d’autres territoires : lignes, signatures, différences
cli-node-settlement-list = Liste un mois avec chaque territoire qui a un accord avec nous
cli-node-settlement-list--month = Le mois, sous la forme 2026-10 (sinon : le mois passé)
cli-node-settlement-show = Montre un mois avec un territoire : chaque ligne, les signatures, les différences
cli-node-settlement-show--node = { help-member }
cli-node-settlement-show--month = { help-settlement-month }
cli-node-settlement-sign = Signe un mois terminé tel que nos livres le disent, et l’envoie à l’autre
cli-node-settlement-sign--node = { help-member }
cli-node-settlement-sign--month = { help-settlement-month }
cli-node-settlement-sign--etag = { help-etag }
cli-node-settlement-correct = Rectifie une ligne de nos livres, ou reprend une ligne que l’autre est seul à avoir
cli-node-settlement-correct--node = { help-member }
cli-node-settlement-correct--month = { help-settlement-month }
cli-node-settlement-correct--handover = Le relais dont c’est une ligne
cli-node-settlement-correct--leg = Le trajet : 1 pour l’aller (sans indication), 2 pour le retour
cli-node-settlement-correct--outcome = Ce qu’il en est : driven (effectué), no-show (personne absente), at-the-door (annulé à la porte), nothing (rien à régler), as-the-other (ce que l’autre a signé)
cli-node-settlement-correct--loaded_km = Kilomètres avec la personne (sans indication : inchangés)
cli-node-settlement-correct--empty_km = Kilomètres à vide (sans indication : inchangés)
cli-node-settlement-correct--collected = Participation encaissée par le conducteur, en euros (sans indication : inchangée)
cli-node-settlement-correct--reason = Pourquoi : typing (faute de frappe), outcome (autre issue), kilometres (autres kilomètres), wrong-trip (mauvais trajet), other (autre)
cli-node-settlement-export = Donne un mois avec un territoire en tableau pour la comptabilité
cli-node-settlement-export--node = { help-member }
cli-node-settlement-export--month = { help-settlement-month }

cli-node-trip-complete--collected = Participation encaissée auprès de la personne d’un autre territoire, en euros

heading-settlement-us = Nous avons transporté pour l’autre :
heading-settlement-them = L’autre a transporté pour nous :
heading-settlement-differences = Différences avec ce que l’autre a signé :

field-settlement_month = Mois
field-settlement_net = Solde en notre faveur
field-settlement_total = Total selon nous
field-settlement_their_total = Total selon l’autre
field-settlement_trouble = Empêchement
field-settlement_by_us = Signé par nous
field-settlement_by_them = Signé par l’autre
field-settlement_changed = Depuis
field-settlement_sending = Envoi
field-settlement_day = Jour
field-settlement_handover = Relais
field-settlement_leg = Trajet
field-settlement_version = Accord
field-settlement_result = Nature
field-settlement_amount = Montant
field-settlement_corrected = Rectifié
field-settlement_difference = Différence
field-settlement_ours = Selon nous
field-settlement_theirs = Selon l’autre
field-settlement_their_line = Sa ligne
field-settlement_us = Nous pour l’autre
field-settlement_them = L’autre pour nous

settlement-changed = nos livres ont changé depuis notre signature : signez de nouveau
settlement-no-sum = non calculable
settlement-their-line = { $line } ({ $day }, accord { $version })
settlement-sending = en cours, le fédérateur n’a pas encore répondu
settlement-driven = { $result } : { $loaded } km, { $empty } km à vide, encaissé { $collected }

settlement-state-open = non signé
settlement-state-signed-by-us = signé par nous
settlement-state-signed-by-them = signé par l’autre
settlement-state-settled = réglé : signé des deux, identique
settlement-state-different = signé des deux, différent
settlement-result-driven = effectué
settlement-result-no-show = personne absente
settlement-result-at-the-door = annulé à la porte
settlement-result-nothing = rien à régler
settlement-difference-missing-here = nous ne l’avons pas
settlement-difference-missing-there = l’autre ne l’a pas
settlement-difference-otherwise = autrement
settlement-trouble-version = une ligne nomme une version de l’accord qui n’existe pas ou va dans l’autre sens
settlement-trouble-other-month = une ligne est d’un autre mois
settlement-trouble-no-agreement = aucun accord n’est connu avec ce territoire

refusal-settlement-month-open = Ce mois n’est pas terminé : il se signe à partir du premier jour du mois suivant.
refusal-settlement-month-past = Ce mois est terminé depuis trop longtemps pour être signé ici.
refusal-settlement-no-agreement = Ces deux territoires n’ont pas d’accord : il n’y a rien à régler entre eux.
refusal-settlement-no-such-member = Ce nœud n’est pas, ou n’est plus, membre de la fédération.
refusal-settlement-too-many = Trop de décomptes attendent l’autre territoire, qui ne les a pas encore lus. Appelez-le, puis signez de nouveau.
refusal-settlement-cannot-reckon = Une ligne nomme une version de l’accord que nous n’avons pas. Voyez : settlement show
refusal-settlement-too-many-lines = Ce mois a trop de lignes pour un décompte. Réglez-le d’après le tableau : settlement export
refusal-settlement-line-unknown = Ni nous ni l’autre n’avons de ligne pour ce trajet dans ce mois. Voyez : settlement show
refusal-settlement-line-range = Une distance ou un montant est hors de portée.
refusal-settlement-line-kilometres = Aucun kilométrage n’est connu pour ce trajet : indiquez les kilomètres avec la personne et les kilomètres à vide.
refusal-settlement-line-not-driven = Des kilomètres ou une participation ne vont qu’avec l’issue « driven » (effectué).
refusal-settlement-other-unsigned = L’autre territoire n’a pas encore signé ce mois : il n’y a rien à reprendre.
refusal-settlement-result = L’issue est driven, no-show, at-the-door, nothing ou as-the-other.
refusal-trip-collected-own = Ce trajet est le nôtre : une participation se note avec money pay.
refusal-trip-collected-range = Une participation encaissée va de 0 à 1 000 €.
