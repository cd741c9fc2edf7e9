# Messages aux conducteurs et aux bénéficiaires, pages des liens, agendas, feuilles de route.

letter-offer-subject = Pouvez-vous conduire quelqu’un ?
letter-offer-body = Bonjour { $recipient },
    { $territory } cherche un conducteur pour accompagner { $other }. Merci de répondre avant : { $answer_by }.
letter-offer-reminder-subject = Rappel : pouvez-vous conduire quelqu’un ?
letter-offer-reminder-body = Bonjour { $recipient },
    Nous attendons encore votre réponse pour accompagner { $other }, avant : { $answer_by }. Un non nous aide aussi. ({ $territory })
letter-offer-over-subject = Plus besoin de répondre
letter-offer-over-body = Bonjour { $recipient },
    Nous n’avons plus besoin de votre réponse pour ce trajet. Merci quand même ! ({ $territory })
letter-drive-confirmed-subject = Trajet confirmé : vous conduisez
letter-drive-confirmed-body = Bonjour { $recipient },
    C’est entendu : vous accompagnez { $other }. Merci ! ({ $territory })
letter-drive-cancelled-subject = Trajet annulé
letter-drive-cancelled-body = Bonjour { $recipient },
    Le trajet avec { $other } n’a pas lieu : vous n’avez pas à vous déplacer. ({ $territory })
letter-drive-cancelled-still-subject = Un de vos trajets est annulé, pas les autres
letter-drive-cancelled-still-body = Bonjour { $recipient },
    Le trajet avec { $other } n’a pas lieu. Vous conduisez toujours ce jour-là. ({ $territory })
letter-drives-still = Vous conduisez toujours :
letter-drive-still = { $other }, départ { $start }, { $when } : { $from } → { $to }
letter-trip-confirmed-subject = Votre trajet est confirmé
letter-trip-confirmed-body = Bonjour { $recipient },
    Votre trajet est confirmé. Conducteur : { $other }. ({ $territory })
letter-trip-tomorrow-subject = Rappel : votre trajet de demain
letter-trip-tomorrow-body = Bonjour { $recipient },
    Nous vous rappelons votre trajet de demain. Conducteur : { $other }. ({ $territory })
letter-trip-cancelled-subject = Votre trajet n’a pas lieu
letter-trip-cancelled-body = Bonjour { $recipient },
    Nous sommes désolés : votre trajet ne peut pas avoir lieu. Appelez-nous pour chercher une autre solution. ({ $territory })
letter-drive = { $when } : { $from } → { $to }
letter-answer-link = Répondre en un clic, sans mot de passe : { $url }
letter-look-link = Les détails : { $url }
letter-phone = Guichet : { $phone }
letter-footer = { $territory }
letter-footer-phone = { $territory } – guichet : { $phone }

web-offer-question = Pouvez-vous conduire ?
web-offer-accepted = Merci, c’est entendu
web-offer-refused = C’est noté
web-offer-over = Plus besoin de répondre
web-offer-who = Nous cherchons un conducteur pour accompagner { $other }.
web-offer-by = Merci de répondre avant : { $by }.
web-offer-yes = Oui, je conduis
web-offer-no = Non, pas cette fois
web-offer-why = Si c’est non, pourquoi ?
web-offer-thanks = Vous conduisez. Voici ce qu’il vous faut.
web-offer-refused-text = Merci de nous avoir répondu. Nous demandons à quelqu’un d’autre.
web-offer-over-text = Cette demande est close : nous n’avons plus besoin de votre réponse. Merci quand même !
web-offer-barred = Merci de votre réponse ! Nous ne pouvons pas vous confier ce trajet pour le moment : votre dossier de conducteur est à mettre à jour. Le guichet vous aide volontiers.
web-offer-not-yours = Une partie de ce trajet n’est plus pour vous, ou n’a pas lieu.
web-desk = Une question, un empêchement ? Appelez le guichet : { $phone }.
web-nothing-here = Rien à cette adresse
web-nothing-here-text = Ce lien n’est pas ou plus valable. Vérifiez qu’il est entier, ou appelez le guichet.
web-too-many = Un instant
web-too-many-text = Trop de demandes à la fois. Réessayez dans une minute.
web-answer-unclear = Réponse incomplète
web-answer-unclear-text = Nous n’avons pas compris la réponse. Revenez en arrière et choisissez oui ou non.
web-changed-meanwhile = La situation a changé
web-changed-meanwhile-text = Ce trajet a changé entre-temps : votre réponse n’a pas été prise. Rouvrez le lien, ou appelez le guichet.
web-out-of-order = En panne
web-out-of-order-text = Votre réponse n’a pas pu être prise. Réessayez plus tard, ou appelez le guichet.

calendar-name = Mes trajets solidaires
calendar-tentative = À confirmer : { $from } → { $to }
calendar-confirmed = Trajet : { $from } → { $to }
calendar-cancelled = Annulé : { $from } → { $to }
calendar-pickup = Prise en charge : { $when }

sheet-title = Feuille de route du { $day }
sheet-way = Sens
sheet-start = Partir
sheet-pickup = Prendre
sheet-arrival = Arriver
sheet-passenger = Personne
sheet-phone = Téléphone
sheet-seats = Places
sheet-needs = Besoins
sheet-notes = À savoir
sheet-standing = État
sheet-unanswered = pas encore de réponse
sheet-nothing = Aucun trajet ce jour-là.
sheet-undecided = Sans conducteur

confirmation-title = Votre trajet est organisé
confirmation-greeting = { $name }, voici ce qui est prévu pour vous.
confirmation-pickup = On vient vous chercher
confirmation-arrival = Vous arrivez au plus tard
confirmation-driver = Votre conducteur ou conductrice
confirmation-carrier = Transport assuré par
confirmation-neighbour = Plateforme qui transporte
confirmation-frame = Cadre juridique
confirmation-contribution = Votre participation
confirmation-partial = L’autre sens de ce trajet n’est pas encore organisé : nous vous rappellerons.
confirmation-call = Un changement, une question ? Appelez-nous : { $desk }

refusal-confirmation-carried = Ce trajet est celui d’un voisin : c’est son accueil qui donne la confirmation à la personne.
refusal-confirmation-nobody = Personne ne conduit encore ce trajet, ou il est terminé : il n’y a rien à confirmer.
refusal-confirmation-uncertain = On ne sait pas en ce moment qui conduit ce trajet. Appelez d’abord l’autre accueil : voir handover show.

## Les pages d’un conducteur
web-driver-week = Mes trajets
web-driver-hello = Bonjour { $name }. Cette page est la vôtre : ne donnez son adresse à personne.
web-driver-offers = On vous demande
web-driver-days = Mes prochains jours
web-driver-days-none = Rien de prévu dans les huit jours qui viennent.
web-driver-absences = Mes absences
web-driver-absence-day = { $first }
web-driver-absence-days = du { $first } au { $last }
web-driver-absence-first = Premier jour d’absence
web-driver-absence-last = Dernier jour (vide : le même)
web-driver-absence-do = Noter cette absence
web-driver-absence-text = Un trajet déjà promis reste promis : s’il tombe un de ces jours, appelez l’accueil.
web-driver-expenses = Mes frais
web-driver-expenses-none = Rien n’est encore noté.
web-driver-expense = { $day } : { $what }, { $amount }, à mettre dans un état de frais
web-driver-statement = État de frais { $month } : { $amount }, { $state }
web-driver-said-yes = Merci ! C’est noté : vous conduisez. Les détails sont ci-dessous.
web-driver-said-no = C’est noté : ce n’est pas possible pour vous. Merci d’avoir répondu.
web-driver-said-over = Cette demande n’attendait plus de réponse : rien n’a changé.
web-driver-said-barred = Votre oui n’a pas pu être pris : une pièce manque ou n’est plus valable. Appelez l’accueil.
web-driver-said-absence = Votre absence est notée.
