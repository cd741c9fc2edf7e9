# La console : planning, relais, inscriptions, bénévoles.

## Navigation
desk-tab-planning = Planning

## Planning
desk-week = Semaine du { $name }
desk-day = Planning du { $name }
desk-week-of = Semaine du
desk-weeks = Autres semaines
desk-week-before = ← Semaine précédente
desk-week-present = Cette semaine
desk-week-after = Semaine suivante →
desk-to-week = Toute la semaine
desk-short-day = { $weekday } { $day } { $month }
desk-open = Ce que personne n’a encore
desk-open-none = Tous les trajets ont quelqu’un, ou attendent sa réponse.
desk-by-driver = Par conducteur
desk-driver = Conducteur
desk-away = absent
desk-planned = plan proposé
desk-elsewhere = Sans conducteur d’ici
desk-free =
    { $count ->
        [one] Un bénévole ne conduit pas cette semaine
       *[other] { $count } bénévoles ne conduisent pas cette semaine
    }
desk-slot = { $day } { $from } – { $to }
desk-slots-none = aucune heure notée
desk-plan-week = Proposer un plan pour la semaine
desk-plan-day = Proposer un plan pour ce jour
desk-plan-again = Proposer un nouveau plan
desk-plan-hint = Cela prend quelques secondes. Un plan n’engage personne : rien n’est demandé à un conducteur avant que vous acceptiez une ligne.
desk-plans-made =
    { $count ->
        [one] Un plan est proposé : ouvrez le jour pour le lire.
       *[other] { $count } plans sont proposés : ouvrez chaque jour pour les lire.
    }
desk-plan = Plan proposé
desk-plan-made = Proposé le { $name }.
desk-plan-made-done = Voici ce qui est proposé. Personne n’a encore été sollicité.
desk-plan-cut-short = La recherche s’est arrêtée avant la fin : c’est le meilleur plan trouvé jusque-là.
desk-plan-sums = Toutes les tournées du jour : { $loaded } avec passager, { $empty } à vide.
desk-line-proposed = proposé
desk-line-accepted = conducteur sollicité
desk-line-over = décidé entre-temps
desk-line-unfilled = à pourvoir
desk-line-drives =
    { $count ->
        [one] { $name } conduirait ce trajet : départ à { $start }, { $empty } à vide.
       *[other] { $name } conduirait ces { $count } trajets : départ à { $start }, { $empty } à vide.
    }
desk-line-nobody = Personne ne peut conduire ce trajet ce jour-là.
desk-line-nearest = Au plus près, { $name } : { $why }.
desk-line-company = À plusieurs dans la voiture, comme les personnes l’ont accepté : prise en charge à { $pickup }, { $ride } de route au lieu de { $direct }.
desk-accept-all =
    { $count ->
        [one] Accepter la ligne
       *[other] Accepter les { $count } lignes
    }
desk-accepted =
    { $count ->
        [one] C’est fait : le conducteur d’un trajet est sollicité.
       *[other] C’est fait : les conducteurs de { $count } trajets sont sollicités.
    }
desk-accepted-in-part = Trajets dont le conducteur est sollicité : { $asked }. Lignes laissées : { $left } ({ $why }). Proposez un nouveau plan pour ce qui reste.
desk-accepted-nothing = Rien de nouveau : ces lignes étaient déjà acceptées.
desk-loads = Kilomètres de chacun sur 28 jours
desk-load-wished = Souhaités
desk-load-before = Sans ce plan
desk-load-after = Avec ce plan
desk-cannot-come = { $name } ne peut pas venir
desk-cannot-come-text =
    { $count ->
        [one] Son absence est notée pour ce jour. Le trajet demandé ou promis redevient libre, et un plan est proposé pour le confier à quelqu’un d’autre.
       *[other] Son absence est notée pour ce jour. Les { $count } trajets demandés ou promis redeviennent libres, et un plan est proposé pour les confier à quelqu’un d’autre.
    }
desk-cannot-come-do = Libérer et proposer un plan
desk-cannot-come-done =
    { $count ->
        [0] Aucun trajet n’était à libérer : voici ce qui est proposé.
        [one] Un trajet est de nouveau libre : voici ce qui est proposé. Prévenez la personne si l’heure change.
       *[other] { $count } trajets sont de nouveau libres : voici ce qui est proposé. Prévenez les personnes si l’heure change.
    }
desk-refusal-handover-changed-meanwhile = Cette page n’était plus à jour : rien de plus n’a été fait. Voici où en est le relais ; recommencez si c’est toujours ce que vous voulez.
desk-refusal-plan-nothing = Il n’y a rien à planifier : aucun trajet n’attend de conducteur.
desk-refusal-plan-past = Ce jour est passé : il ne se planifie plus.
desk-refusal-plan-replaced = Ce jour a été planifié de nouveau entre-temps : voici le nouveau plan. Rien n’a été accepté.
desk-refusal-plan-unknown = Aucun plan n’est proposé pour ce jour.
desk-refusal-plan-roads = Les routes de ce plan ne sont plus connues : proposez un nouveau plan. Rien n’a été accepté.
desk-refusal-plan-line-nobody = Cette ligne n’a pas de conducteur : ouvrez le trajet pour voir ce qu’il faudrait changer.

## Relais
desk-tab-handovers = Relais
desk-handovers = Relais avec les voisins
desk-handover = Relais : { $name }
desk-handovers-open = En cours
desk-handovers-over = Terminés
desk-handovers-none = Aucun relais.
desk-older = Plus anciens
desk-to-handover = Voir le relais
desk-not-joined = Cette plateforme n’a pas encore rejoint de fédération : il n’y a pas de voisins à qui passer le relais.
desk-until = Avant le { $name }.
desk-unsure = incertain
desk-some-neighbour = un territoire voisin
desk-to-neighbours = proposé aux voisins
desk-to-neighbour = confié à { $name }
desk-from-neighbour = de { $name }
desk-concern-lost = À vérifier après une restauration.
desk-other-desk = L’autre accueil :
desk-owner-sending = Le trajet est à vous : la proposition part vers les voisins.
desk-owner-ours = Le trajet est à vous : il est proposé aux voisins, et aucun n’est encore choisi.
desk-owner-back = Le trajet est de nouveau à vous : ce relais est terminé.
desk-owner-unsure = On ne sait pas encore à qui est le trajet : { $name } est choisi depuis le { $since } et n’a pas répondu. Ne le confiez à personne d’autre avant la réponse.
desk-owner-theirs = { $name } assure ce trajet.
desk-owner-cancelled = La personne ne voyage pas : il n’y a plus de trajet à assurer.
desk-owner-done = { $name } a assuré ce trajet et en a rendu compte.
desk-owner-asked = Le trajet est à { $name }, qui demande si quelqu’un de chez vous peut l’assurer.
desk-owner-proposed = Le trajet est à { $name } : vous vous êtes proposés, et le choix n’est pas encore fait.
desk-owner-declined = Le trajet est à { $name } : vous avez répondu non.
desk-owner-chosen = { $name } vous a choisis : le trajet reste à { $name } tant que vous n’avez pas dit oui, avant le { $until }.
desk-owner-unsure-theirs = On ne sait pas encore à qui est le trajet : votre réponse du { $since } attend celle du fédérateur. Appelez { $name } si l’heure approche.
desk-owner-carried = Vous assurez ce trajet pour { $name }.
desk-owner-carried-done = Vous avez assuré ce trajet pour { $name } et en avez rendu compte.
desk-owner-carried-cancelled = La personne ne voyage pas : { $name } a annulé ce trajet.
desk-owner-over = Ce trajet n’est pas à vous : ce relais est terminé pour vous.
desk-offered = Ce qui est proposé
desk-our-trips = Dans votre planning
desk-fact-direction = Sens
desk-fact-needs = Besoins
desk-fact-seats = Places
desk-fact-reply-by = Propositions jusqu’au
desk-fact-accept-by = Réponse avant le
desk-fact-circle = Montré à
desk-fact-next-circle = Montré plus largement le
desk-fact-agreed-only = Réservé aux territoires en accord
desk-fact-last-refusal = Dernier refus du fédérateur
desk-moment-by = { $what } ({ $by })
desk-bids = Qui se propose
desk-choose = Choisir { $name }
desk-choose-done = C’est envoyé : le voisin choisi est prévenu. Le trajet reste incertain jusqu’à sa réponse.
desk-who-of-ours = Qui de chez vous peut conduire
desk-nobody-of-ours = Personne de chez vous ne peut conduire ce trajet pour le moment. Voyez pourquoi ci-dessous.
desk-propose = Proposer { $name }
desk-propose-done = Vous vous êtes proposés : le voisin choisit.
desk-unbid = Retirer votre proposition
desk-decline = Répondre non
desk-decline-done = C’est noté : vous ne vous proposez pas.
desk-answer = Dites oui ou non
desk-accept = Oui, avec { $name }
desk-accept-with = Dire oui, avec { $name }
desk-accept-done = Vous avez dit oui. Le trajet est à vous dès que le fédérateur l’a enregistré.
desk-give-back-why = Pour quelle raison ?
desk-refuse = Dire non
desk-refuse-done = Vous avez dit non : le voisin en est prévenu.
desk-release = Rendre ce trajet
desk-release-do = Rendre le trajet à l’autre accueil
desk-release-done = Le trajet est rendu. Il reste à vous jusqu’à ce que le fédérateur l’ait enregistré.
desk-withdraw = Reprendre le trajet
desk-withdraw-done = La reprise est demandée. Voyez ci-dessous à qui est le trajet.
desk-cancel = La personne ne voyage pas
desk-cancel-text = Les trajets sont annulés ici, et l’autre accueil est prévenu.
desk-cancel-do = Annuler les trajets
desk-cancel-done = Les trajets sont annulés.
desk-end = Fin du relais
desk-looked-at = C’est vérifié avec l’autre accueil
desk-looked-at-done = C’est noté : ce relais a été vérifié.
desk-message = Écrire à l’autre accueil
desk-message-text = Message
desk-message-hint = Lu par l’autre accueil seulement. Rien de médical.
desk-message-do = Envoyer
desk-message-done = Le message part vers l’autre accueil.
desk-ask-change = Demander un autre horaire
desk-ask-change-do = Demander
desk-ask-change-done = La demande part vers l’autre accueil : l’horaire ne change que s’il dit oui.
desk-change-trip = Quel trajet ?
desk-change-note = Pourquoi
desk-change = Un changement attend une réponse
desk-change-own = Vous l’avez demandé : c’est l’autre accueil qui répond.
desk-change-forget = Ne plus le demander
desk-change-without-driver = Même si votre conducteur ne peut pas : vous chercherez quelqu’un d’autre
desk-change-yes = Oui, c’est possible
desk-change-no = Non, on ne change rien
desk-change-agreed = Vous avez dit oui : l’horaire change des deux côtés dès que le fédérateur l’a enregistré.
desk-change-not-agreed = Rien ne change.
desk-judge = Le compte rendu est-il juste ?
desk-countersign = Oui, c’est juste
desk-countersign-done = C’est contresigné.
desk-dispute = Le contester
desk-dispute-why = Sur quoi ?
desk-dispute-words = Ce que vous avez noté
desk-dispute-done = La contestation part vers l’autre accueil. Appelez-le pour vous accorder.
desk-settlement = Ce qui est à régler
desk-leg-number = Trajet { $number }
desk-amount = Montant
desk-month-state = Mois
desk-refusal-handover-unknown = Aucun relais n’est à cette adresse.
desk-refusal-handover-wrong-round = La situation a changé entre-temps : la voici. Rien n’a été fait.
desk-refusal-handover-wrong-state = La situation a changé entre-temps : la voici. Rien n’a été fait.
desk-refusal-handover-not-open = Ce relais n’attend plus cela. Rien n’a été fait.
desk-refusal-handover-no-bid = Aucune proposition n’est à choisir. Attendez, ou reprenez le trajet.
desk-refusal-handover-under-way = Le trajet a déjà commencé, ou il est déjà en relais.
desk-refusal-handover-details-missing = Les détails du trajet ne sont pas encore arrivés, ou n’ont pas pu être ouverts. Attendez, ou dites non.
desk-refusal-handover-change-pending = Une autre demande de changement attend encore sa réponse. Attendez-la, ou ne la demandez plus.
desk-refusal-handover-no-such-change = Ce changement n’est plus demandé.
desk-refusal-handover-change-locked = La prise en charge est dans moins de 24 heures : appelez l’autre accueil.
desk-refusal-handover-change-own = Vous avez demandé ce changement vous-mêmes : c’est l’autre accueil qui répond.
desk-refusal-handover-too-many-words = Beaucoup de messages ont déjà été envoyés : appelez l’autre accueil.
desk-refusal-handover-nobody-to-tell = Personne n’assure ce trajet pour un autre en ce moment : il n’y a pas d’autre accueil à prévenir.
desk-refusal-handover-not-lost = Ce relais n’est plus à vérifier.

## Inscrire une personne
desk-register = Inscrire une personne
desk-register-text = Demandez ce dont un trajet a besoin, et rien de plus. Rien de médical.
desk-register-do = Inscrire la personne
desk-register-more = Plus : courriel, année de naissance, situation, note interne
desk-registered = La personne est inscrite.
desk-who = Qui est-ce ?
desk-name = Nom
desk-phone-hint = Le numéro où rappeler, si la personne en a un.
desk-home-commune = Commune de résidence
desk-home-address = Adresse
desk-needs = Pour le trajet
desk-needs-which = Besoins
desk-driver-notes-hint = Ce que le conducteur doit savoir : sonnette, étage, code. Rien de médical.
desk-internal-hint = Pour l’accueil seulement : jamais montré à un conducteur ni à un voisin.
desk-not-said = non précisé
desk-tick-informed = La personne a été informée aujourd’hui de ce qui est conservé et pourquoi
desk-tick-objects = La personne s’oppose à être comptée dans les statistiques
desk-tick-outside = Cette commune est bien la bonne, même hors du territoire
desk-tick-duplicate = C’est bien quelqu’un d’autre : inscrire quand même
desk-alike = Déjà inscrit, et très ressemblant
desk-alike-file = Ouvrir la fiche
desk-need-name = Donnez le nom.
desk-need-commune = Donnez la commune de résidence.
desk-need-year = Écrivez l’année en chiffres, par exemple 1948, ou laissez vide.
desk-refusal-person-duplicate = Quelqu’un de très ressemblant est déjà inscrit. Ouvrez sa fiche ; si c’est une autre personne, cochez la case et recommencez. Rien n’a été écrit.
desk-refusal-commune-outside-territory = Cette commune n’est pas dans votre territoire. Si c’est voulu, cochez la case ci-dessous.
desk-registered-already = Quelqu’un a déjà été inscrit depuis ce formulaire. Si c’est une autre personne, enregistrez encore une fois.
desk-refusal-changed-meanwhile = Ce qui était affiché a changé entre-temps : rouvrez la page pour voir ce qui est noté maintenant. Rien n’a été écrit.
desk-contact = Corriger les coordonnées
desk-contact-do = Enregistrer
desk-contact-hint = Les trajets que personne n’a encore suivent la nouvelle adresse. Ceux qui sont promis restent, et vous sont signalés.
desk-contact-done =
    { $count ->
        [0] Les coordonnées sont corrigées.
        [one] Les coordonnées sont corrigées. Un trajet prévu est concerné : voyez Aujourd’hui.
       *[other] Les coordonnées sont corrigées. { $count } trajets prévus sont concernés : voyez Aujourd’hui.
    }
desk-back = Retour

## Bénévoles
desk-tab-volunteers = Bénévoles
desk-volunteers = Bénévoles
desk-volunteer = Le bénévole
desk-volunteers-count =
    { $count ->
        [0] Aucun bénévole
        [one] Un bénévole
       *[other] { $count } bénévoles
    }
desk-expiring = Documents expirés ou à renouveler
desk-expiring-none = Aucun document n’arrive à échéance dans les deux mois.
desk-commune = Commune
desk-hours = Disponibilités
desk-state = À savoir
desk-inactive = n’est plus sollicité
desk-away-until = absent jusqu’au { $name }
desk-paper-expired = document expiré
desk-paper-for-ever = sans échéance
desk-paper-expired-on = expiré le { $name }
desk-paper-until = valable jusqu’au { $name }
desk-paper-seen = vu le { $name }
desk-papers = Documents
desk-papers-none = Aucun document n’est noté.
desk-paper = Document
desk-paper-vehicle = De quel véhicule, pour un contrôle technique ?
desk-seen-on = Vu le
desk-seen-on-hint = Laissez vide pour aujourd’hui.
desk-valid-until = Dernier jour de validité
desk-valid-until-hint = Laissez vide s’il n’expire pas.
desk-note-paper = Noter un document vu
desk-note-paper-do = Noter ce document
desk-paper-done = Le document est noté.
desk-absences = Absences
desk-absences-none = Aucune absence à venir.
desk-absence-first = Premier jour
desk-absence-last = Dernier jour
desk-note-absence = Noter cette absence
desk-absence-done =
    { $count ->
        [0] L’absence est notée.
        [one] L’absence est notée. Un trajet promis ne convient plus : voyez Aujourd’hui.
       *[other] L’absence est notée. { $count } trajets promis ne conviennent plus : voyez Aujourd’hui.
    }
desk-coming-week = La semaine à venir
desk-vehicles = Véhicules
desk-accepts = Besoins acceptés
desk-max-trip = Trajet le plus long
desk-trips-per-week = Trajets par semaine, au plus
desk-hours-per-week = Heures par semaine, au plus
desk-refusal-absence-format = Donnez le premier jour de l’absence, et le dernier si elle dure.
desk-refusal-absence-order = Le dernier jour est avant le premier.
desk-refusal-date-format = Cette date n’est pas complète.
desk-refusal-document-vehicle = Dites de quel véhicule est ce contrôle technique.

## Inscrire un bénévole
desk-welcome = Inscrire un bénévole
desk-welcome-text = De quoi le joindre, sa voiture, qui il accompagne et quand. Les pièces (permis, assurance…) se notent ensuite sur sa fiche, quand vous les avez vues.
desk-welcome-do = Inscrire ce bénévole
desk-welcomed = Le bénévole est inscrit. Notez ici les pièces que vous avez vues.
desk-accepts-which = Qui peut-il accompagner ?
desk-car = Sa voiture
desk-seats = Places pour les passagers
desk-wheelchairs = Places pour fauteuil roulant
desk-fiscal-power = Puissance fiscale (CV)
desk-fiscal-power-hint = Sur la carte grise, P.6. Utile pour ses frais.
desk-tick-electric = Elle est électrique
desk-welcome-week = Quand il peut conduire
desk-welcome-week-hint = Laissez vide un jour où il ne conduit pas.
desk-hours-from = { $name } de
desk-hours-to = { $name } à
desk-tick-standing_yes = Il accepte qu’on lui confie un trajet sans lui demander à chaque fois
desk-need-number = Écrivez un nombre.
desk-need-hours = Donnez les deux heures de ce jour, ou aucune.
