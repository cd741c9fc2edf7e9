# La console : orientations, séries, prêts et parc, parcours.

## Navigation
lasting-tab-referrals = Orientations
lasting-tab-series = Séries
lasting-tab-pathways = Parcours
lasting-tab-loans = Prêts
lasting-tab-fleet = Parc

## Commun
lasting-who = Pour qui
lasting-why = Raison
lasting-notes = Notes
lasting-on = Le
lasting-day-hint = Laissez vide pour aujourd’hui.
lasting-from-day = Du
lasting-from-time = À partir de
lasting-until-day = Jusqu’au
lasting-until-time = À
lasting-since = depuis le { $name }
lasting-at-home = au domicile
lasting-weekday-mon = lundi
lasting-weekday-tue = mardi
lasting-weekday-wed = mercredi
lasting-weekday-thu = jeudi
lasting-weekday-fri = vendredi
lasting-weekday-sat = samedi
lasting-weekday-sun = dimanche
refusal-kilometres-format = Écrivez les kilomètres en chiffres, comme 48 210 ou 48 210,4.
refusal-sum-format = Écrivez la somme en euros, comme 12 ou 12,50.
refusal-thing-not-chosen = Choisissez d’abord dans la liste.
refusal-outcome-not-chosen = Choisissez l’issue du parcours.
lasting-refusal-date-format = Cette date n’est pas complète.
lasting-refusal-day-format = Ce jour n’est pas complet : indiquez le jour, le mois et l’année.
lasting-refusal-time-format = Indiquez le jour et l’heure, ou laissez les deux vides.
lasting-refusal-purpose-unknown = Choisissez le motif.
lasting-refusal-request-id-reused = Ce formulaire a déjà été enregistré, puis changé. Si c’est autre chose, envoyez-le encore une fois.

## Orientations
lasting-referral = Orientation
lasting-referral-name = Orientation { $name }
lasting-referrals = Orientations
lasting-referrals-own = Vos orientations
lasting-referrals-text = Les personnes que vous adressent les prescripteurs. Appelez-les, puis ouvrez un parcours ou dites que vous ne pouvez pas aider.
lasting-referrals-text-own = Les personnes que vous avez orientées vers la plateforme, et ce qu’il en est advenu. Vous ne voyez rien d’autre, et personne d’autre ne voit vos dossiers que la plateforme.
lasting-referrals-received = En attente d’un appel
lasting-referrals-under-way = Prises en charge
lasting-referrals-over = Terminées
lasting-referrals-none = Aucune.
lasting-referral-row = envoyée le { $since }
lasting-referral-row-named = { $name } · envoyée le { $since }
lasting-referral-ended = { $state } : { $outcome }
lasting-referral-back = ← Toutes les orientations
lasting-referral-made = Envoyée le
lasting-referral-new = Orienter une personne
lasting-referral-new-text = Dites seulement qui appeler : la plateforme parle du besoin et des trajets avec la personne elle-même. N’écrivez ni maladie, ni motif.
lasting-referral-case = Votre dossier
lasting-referral-person = La personne
lasting-reference = Votre référence
lasting-reference-of = Référence
lasting-reference-hint = Un numéro à vous, qui ne dit rien de la personne.
lasting-prescriber = Prescripteur
lasting-prescriber-none = venue d’elle-même
lasting-agrees = La personne est d’accord pour que la plateforme l’appelle
lasting-need-reference = Donnez une référence, par laquelle vous retrouverez ce dossier.
lasting-need-phone = Donnez le numéro auquel la personne peut être appelée.
lasting-need-agreement = Demandez d’abord son accord à la personne : sans lui, personne n’est orienté.
lasting-refusal-referral-not-agreed = Demandez d’abord son accord à la personne : sans lui, personne n’est orienté.
lasting-refusal-referral-commune = Cette commune n’existe pas. Choisissez-la dans la liste.
lasting-refusal-referral-decided = Cette orientation est déjà « { $referral_state } » : elle n’est décidée qu’une fois.
lasting-refusal-referral-decline-unknown = Choisissez une raison dans la liste.
lasting-referral-do = Orienter cette personne
lasting-referral-done = La plateforme a reçu votre orientation et appellera la personne.
lasting-referral-open-page = voir l’orientation
lasting-referral-accept = Prendre en charge
lasting-referral-accept-text = Une fiche est ouverte avec ce que le prescripteur a donné, et un parcours commence.
lasting-referral-accept-do = Ouvrir un parcours
lasting-referral-find = La personne a déjà une fiche
lasting-referral-find-text = Cherchez sa fiche pour que le parcours y soit rattaché.
lasting-referral-find-do = Chercher
lasting-referral-alike = Est-ce l’une de ces personnes ?
lasting-referral-duplicate = Une personne très semblable est déjà connue. Dites si c’est elle : rien n’a encore été écrit.
lasting-referral-same = C’est cette personne : ouvrir son parcours
lasting-referral-nobody = Aucune d’elles
lasting-referral-other = C’est quelqu’un d’autre : ouvrir une nouvelle fiche
lasting-referral-decline = Ne pas pouvoir aider
lasting-referral-decline-text = Le prescripteur apprend la raison, et rien de plus. Les coordonnées de la personne sont effacées.
lasting-referral-decline-do = Décliner
lasting-referral-withdraw = Retirer cette orientation
lasting-referral-withdraw-text = Les coordonnées de la personne sont effacées. Elle ne sera pas appelée.
lasting-referral-withdraw-do = Retirer l’orientation
lasting-referral-accepted = L’orientation est prise en charge : voici le parcours.
lasting-referral-declined = L’orientation est déclinée. Le prescripteur en voit la raison.
lasting-referral-withdrawn = L’orientation est retirée.

## Séries
lasting-series = Séries
lasting-series-one = Série
lasting-series-of = Ses séries
lasting-series-text = Ce qui revient chaque semaine. Les trajets sont créés d’eux-mêmes quelques semaines à l’avance.
lasting-series-running = En cours
lasting-series-none = Aucune série en cours.
lasting-series-over = Terminées
lasting-series-unmade = Jours qui n’ont pas pu être créés
lasting-series-new = Nouvelle série
lasting-series-new-text = La même demande, plusieurs jours : les trajets sont créés d’eux-mêmes, et chaque jour peut encore être changé.
lasting-series-make = Créer la série
lasting-from-request = Revient chaque semaine : en faire une série
lasting-series-which-days = Quels jours
lasting-series-on = Jours
lasting-series-first = À partir du
lasting-series-last = Jusqu’au
lasting-series-until-hint = Laissez vide si rien n’est fixé.
lasting-every-weeks = Toutes les … semaines
lasting-every-weeks-hint = 1 pour chaque semaine, 2 pour une sur deux.
lasting-public-holidays = Les jours fériés
lasting-school-holidays = Pendant les vacances scolaires
lasting-need-weekdays = Cochez au moins un jour de la semaine.
lasting-series-row = { $days } · { $place } · { $time } · { $purpose }
lasting-series-days =
    { $weeks ->
        [one] { $days }
       *[other] { $days }, toutes les { $weeks } semaines
    }
lasting-series-there-by = arrivée avant { $name }
lasting-series-fetched-at = départ à { $name }
lasting-series-back-call = { $name }, retour sur appel
lasting-series-back-at = { $there }, retour à { $time }
lasting-series-time = Horaires
lasting-series-times =
    { $count ->
        [one] une seule fois
       *[other] { $count } fois
    }
lasting-series-open-end = sans fin fixée
lasting-series-next = prochain : { $name }
lasting-series-not-soon = rien d’ici trois semaines
lasting-series-all = ← Toutes les séries
lasting-series-is-running = en cours
lasting-series-is-over = terminée
lasting-series-follows = Fait suite à
lasting-series-former = la série d’avant
lasting-series-coming = Les six semaines qui viennent
lasting-series-coming-none = Aucun jour dans les six semaines qui viennent.
lasting-series-different = Plus tard, autrement que d’habitude
lasting-series-moved = reporté au { $name }
lasting-series-skip = Ne va pas le { $name }
lasting-series-keep = Va quand même le { $name }
lasting-series-as-usual = Comme d’habitude le { $name }
lasting-series-made =
    { $failed ->
        [0] La série est créée, avec { $made } trajets pour les semaines qui viennent.
       *[other] La série est créée, avec { $made } trajets. Jours qui n’ont pas pu être créés : { $failed }. Regardez-les ci-dessous.
    }
lasting-series-day-done =
    { $left ->
        [0] C’est noté. Trajets créés : { $made }, annulés : { $cancelled }.
       *[other] C’est noté. Trajets laissés tels quels, car quelqu’un a déjà décidé : { $left }. Ouvrez-les pour les changer.
    }
lasting-series-end = Terminer la série
lasting-series-end-text = Les trajets à partir de ce jour sont annulés, sauf ceux pour lesquels un conducteur est déjà sollicité.
lasting-series-end-from = Premier jour sans trajet
lasting-series-end-hint = La série s’arrête la veille.
lasting-series-even-decided = Annuler aussi les trajets pour lesquels quelqu’un est déjà sollicité
lasting-series-end-do = Terminer la série
lasting-series-end-done =
    { $left ->
        [0] La série se termine. Trajets annulés : { $cancelled }.
       *[other] La série se termine. Trajets annulés : { $cancelled }. Laissés tels quels, car quelqu’un a déjà décidé : { $left }. Ouvrez-les pour les annuler.
    }
lasting-refusal-series-weekdays = Cochez au moins un jour de la semaine.
lasting-refusal-series-no-such-day = Le { $day } n’est pas un jour de cette série : choisissez-en un dans la liste.
lasting-refusal-series-time = L’heure n’est pas complète.

## Parc
lasting-fleet = Parc
lasting-fleet-back = ← Tout le parc
lasting-fleet-text = Les véhicules de la plateforme : ceux qu’elle prête et ceux qu’elle conduit.
lasting-fleet-due = Échéances d’ici deux mois
lasting-fleet-due-none = Ni assurance, ni contrôle technique, ni révision d’ici deux mois.
lasting-fleet-count =
    { $count ->
        [one] Un véhicule
       *[other] { $count } véhicules
    }
lasting-fleet-none = Aucun véhicule dans le parc.
lasting-fleet-gone = Sortis du parc
lasting-fleet-new = Ajouter un véhicule
lasting-fleet-new-text = Seuls le nom et le genre sont nécessaires ; le reste peut être noté plus tard.
lasting-fleet-add = Ajouter au parc
lasting-fleet-added = Le véhicule est dans le parc.
lasting-fleet-dates = Échéances
lasting-fleet-terms = Conditions de prêt
lasting-label = Comment vous l’appelez
lasting-plate-hint = Comme AB-123-CD.
lasting-seats-hint = Celle du conducteur comprise.
lasting-rate-none = gratuit
lasting-rate-per = Comptée
lasting-euros-hint = En euros, comme 12,50.
lasting-refusal-asset-category-unknown = Choisissez le genre de véhicule.
lasting-refusal-asset-ownership-unknown = Dites à qui il appartient.
lasting-refusal-asset-rate-unknown = Dites comment la participation se compte.
lasting-due-by = avant le { $name }
lasting-due-since = dépassé depuis le { $name }
lasting-due-in = dans { $name }
lasting-due-driven = kilomètres dépassés
lasting-seats =
    { $count ->
        [one] une place
       *[other] { $count } places
    }
lasting-is-lent = prêté
lasting-out-of-service = hors service : { $name }
lasting-asset = Véhicule
lasting-category = Genre
lasting-asset-seats = Places
lasting-plate = Immatriculation
lasting-ownership = Appartient
lasting-odometer = Compteur
lasting-insurance_until = Assurance jusqu’au
lasting-inspection_due = Contrôle technique avant le
lasting-service_due = Révision avant le
lasting-service-due-km = Révision à
lasting-asset-rate = Participation
lasting-rate = { $sum } { $per }
lasting-deposit = Dépôt de garantie
lasting-retired-on = Sorti du parc le
lasting-asset-loans = Prêts en cours et à venir
lasting-asset-loans-none = Personne ne l’a et personne ne l’attend.
lasting-asset-returned = Prêts passés
lasting-asset-outages = Arrêts
lasting-asset-history = Ce qui s’est passé
lasting-kilometres = Kilomètres au compteur
lasting-kilometres-hint = En chiffres, comme 48 210.
lasting-asset-odometer = Relever le compteur
lasting-asset-odometer-text = Un compteur ne recule jamais.
lasting-asset-odometer-do = Noter le compteur
lasting-asset-odometer-done = Le compteur est noté : { $name }.
lasting-asset-dates = Changer les échéances
lasting-asset-dates-text = Passé l’assurance ou le contrôle technique, le véhicule ne se réserve plus.
lasting-asset-dates-do = Noter les échéances
lasting-asset-dates-done = Les échéances sont notées.
lasting-asset-withdraw = Mettre hors service
lasting-asset-withdraw-text = Sans dates : dès maintenant et jusqu’à nouvel ordre.
lasting-asset-withdraw-do = Mettre hors service
lasting-asset-withdraw-done =
    { $count ->
        [0] Le véhicule est noté hors service.
        [one] Le véhicule est noté hors service. Un prêt est pourtant prévu : appelez la personne.
       *[other] Le véhicule est noté hors service. { $count } prêts sont pourtant prévus : appelez les personnes.
    }
lasting-asset-restore = Remettre en service
lasting-asset-restore-text = L’arrêt en cours se termine maintenant.
lasting-asset-restore-do = Remettre en service
lasting-asset-restore-done = Le véhicule est de nouveau en service.
lasting-act-asset-add = entré dans le parc
lasting-act-asset-update = fiche changée
lasting-act-asset-odometer = compteur relevé
lasting-act-asset-withdraw = mis hors service
lasting-act-asset-restore = remis en service
lasting-act-asset-retire = sorti du parc
lasting-act-loan-book = réservé
lasting-act-loan-move = prêt déplacé
lasting-act-loan-hand-out = remis
lasting-act-loan-extend = prêt prolongé ou raccourci
lasting-act-loan-take-back = rendu
lasting-act-loan-close = prêt clos
lasting-act-loan-cancel = prêt annulé
lasting-refusal-asset-date = Cette date n’est pas complète.
lasting-refusal-asset-out-of-service = Hors service ({ $outage }) du { $since } au { $until }.
lasting-refusal-asset-lapses = Échéance avant la fin du prêt : { $upkeep }, { $until }. La loi interdit de rouler ensuite.
lasting-refusal-asset-retired = Sorti du parc le { $since }.
lasting-refusal-asset-outage-unknown = Choisissez une raison dans la liste.
lasting-refusal-odometer-missing = La participation se compte au kilomètre : relevez le compteur.

## Prêts
lasting-loan = Prêt
lasting-loans = Prêts
lasting-loan-back = ← Tous les prêts
lasting-loans-text = Ce qui est à attribuer, à remettre, à reprendre et à clore.
lasting-loans-late = En retard
lasting-loans-out = Dehors
lasting-loans-returned = Rendus, à clore
lasting-loans-booked = Réservés
lasting-loans-asked = Demandés, à attribuer
lasting-loans-none = Aucun.
lasting-loan-late = en retard
lasting-loan-new = Prêter un véhicule
lasting-loan-new-text = Notez d’abord ce que la personne souhaite ; la page suivante dit ce qui est libre.
lasting-loan-what = Quoi
lasting-loan-notes-hint = Ce que l’équipe doit savoir.
lasting-loan-ask = Voir ce qui est libre
lasting-loan-asked = La demande est notée. Choisissez maintenant parmi ce qui est libre.
lasting-need-category = Choisissez le genre de véhicule.
lasting-loan-moments = Déroulement
lasting-loan-was-asked = Demandé
lasting-loan-was-handed-out = Remis
lasting-loan-was-taken-back = Rendu
lasting-loan-was-closed = Clos
lasting-loan-was-cancelled = Annulé
lasting-loan-not-free = Ce qui n’est pas libre, et pourquoi
lasting-loan-nothing-free = Rien n’est libre à ces dates
lasting-loan-book = Réserver
lasting-loan-book-text = Ce qui est libre aux dates demandées ; le genre souhaité d’abord.
lasting-loan-book-do = Réserver ce véhicule
lasting-loan-book-done = Le véhicule est réservé.
lasting-condition = État
lasting-papers = Pièces vues
lasting-deposit-hint = Convenu : { $name }. Laissez vide si c’est ce qui a été laissé.
lasting-out-notes = Noté ensemble
lasting-out-notes-hint = Rayures, niveau d’essence, accessoires.
lasting-loan-hand-out = Remettre le véhicule
lasting-loan-hand-out-text = Faites le tour du véhicule avec la personne avant de noter.
lasting-loan-hand-out-do = Le véhicule est remis
lasting-loan-hand-out-done = C’est noté : la personne a le véhicule.
lasting-loan-extend = Prolonger ou écourter
lasting-loan-extend-text = La nouvelle fin du prêt.
lasting-loan-extend-do = Changer la fin
lasting-loan-extend-done = La fin du prêt est changée.
lasting-damage = Dégâts
lasting-damage-hint = Laissez vide s’il n’y en a pas.
lasting-back-day = Rendu le
lasting-back-time = À
lasting-back-day-hint = Laissez vide pour maintenant.
lasting-loan-take-back = Reprendre le véhicule
lasting-loan-take-back-text = Faites le tour du véhicule avec la personne avant de noter.
lasting-loan-take-back-do = Le véhicule est rendu
lasting-loan-take-back-done = C’est noté. Participation de la personne, selon le tarif : { $name }. Il reste à clore le prêt.
lasting-contribution = Participation de la personne
lasting-contribution-hint = Selon le tarif : { $name }. Laissez vide si c’est cela.
lasting-deposit-kept = Gardé sur le dépôt
lasting-deposit-kept-hint = Laissé en dépôt : { $name }. Laissez vide si tout est rendu.
lasting-loan-close = Clore le prêt
lasting-loan-close-text = Ce que la personne doit est noté dans les comptes. La plateforme n’encaisse rien ici.
lasting-loan-close-do = Clore le prêt
lasting-loan-close-done = Le prêt est clos et noté dans les comptes.
lasting-loan-cancel = Annuler le prêt
lasting-loan-cancel-text = Le véhicule redevient libre.
lasting-loan-cancel-do = Annuler le prêt
lasting-loan-cancel-done = Le prêt est annulé.
lasting-refusal-loan-taken = Déjà pris du { $since } au { $until } ; le temps de la remise s’y ajoute.
lasting-refusal-loan-still-out = Il n’est pas encore rendu. Notez d’abord son retour.
lasting-refusal-loan-wrong-state = Ce prêt est « { $loan_state } » : la page n’était plus à jour. Rien n’a été écrit.
lasting-refusal-loan-document-missing = Il manque : { $document }. Sans cette pièce, le véhicule n’est pas remis.
lasting-refusal-loan-document-unknown = Choisissez les pièces dans la liste.
lasting-refusal-loan-condition-unknown = Dites dans quel état il est.
lasting-refusal-loan-cancelled-unknown = Choisissez une raison dans la liste.
lasting-refusal-loan-order = Ces heures ne se suivent pas, ou ne sont pas encore venues.

## Parcours
lasting-pathway = Parcours
lasting-pathways = Parcours
lasting-pathway-back = ← Tous les parcours
lasting-pathways-text = Ce que la plateforme fait avec une personne, de l’entrée à la sortie.
lasting-pathways-due = À appeler d’ici deux semaines
lasting-pathways-due-none = Personne à appeler d’ici deux semaines.
lasting-pathways-open = En cours
lasting-pathways-none = Aucun parcours en cours.
lasting-pathways-over = Terminés
lasting-pathway-row = entrée le { $name }
lasting-pathway-row-next = entrée le { $entered } · appel à { $milestone } : { $on }
lasting-pathway-row-over = sortie le { $on } · { $outcome }
lasting-pathway-late = appel en retard
lasting-pathway-new = Ouvrir un parcours
lasting-pathway-new-text = Pour une personne venue d’elle-même. Une personne orientée a son parcours dès que l’orientation est prise en charge.
lasting-pathway-begin = Entrée
lasting-pathway-entered = Entrée le
lasting-pathway-notes-hint = Pour l’équipe seule : le prescripteur ne le voit jamais.
lasting-pathway-do = Ouvrir le parcours
lasting-pathway-opened = Le parcours est ouvert.
lasting-pathway-open-page = voir le parcours
lasting-pathway-stage = Étape
lasting-pathway-outcome = Issue
lasting-pathway-next-call = Prochain appel
lasting-pathway-call = à { $milestone }, { $on }
lasting-pathway-moments = Chronologie
lasting-pathway-was-entered = Entrée
lasting-pathway-was-diagnosed = Diagnostic
lasting-pathway-was-agreed = Panier convenu
lasting-pathway-was-called = Appel
lasting-pathway-heard = à { $milestone } : { $heard }
lasting-pathway-was-ended = Sortie
lasting-pathway-basket = Panier de services
lasting-pathway-basket-none = Rien encore dans le panier.
lasting-pathway-take-out = Retirer : { $name }
lasting-pathway-take-out-done = C’est retiré du panier.
lasting-pathway-put-done = C’est dans le panier.
lasting-pathway-diagnose = Noter le diagnostic
lasting-pathway-diagnose-text = La situation a été regardée avec la personne.
lasting-pathway-diagnose-do = Noter le diagnostic
lasting-pathway-diagnose-done = Le diagnostic est noté.
lasting-pathway-advice = Rendez-vous de conseil
lasting-pathway-no-advice = aucun dans les dossiers
lasting-pathway-advice-of = conseil du { $name }
lasting-pathway-item = Quoi
lasting-pathway-put = Mettre dans le panier
lasting-pathway-put-text = Une demande, une série, un prêt ou un service de la personne.
lasting-pathway-put-do = Mettre dans le panier
lasting-pathway-agree = Convenir du panier
lasting-pathway-agree-text = Les appels de suivi se comptent à partir de ce jour.
lasting-pathway-agree-do = Le panier est convenu
lasting-pathway-agree-done = Le panier est convenu.
lasting-pathway-milestone = Appel prévu à
lasting-pathway-how = Où en est la personne
lasting-pathway-follow-up = Noter un appel de suivi
lasting-pathway-follow-up-text = Une réponse notée ne s’efface plus ; un appel sans réponse peut être refait.
lasting-pathway-follow-up-do = Noter l’appel
lasting-pathway-follow-up-done = L’appel est noté.
lasting-pathway-exit = Clore le parcours
lasting-pathway-exit-text = Le prescripteur apprend l’issue, et rien de plus.
lasting-pathway-exit-do = Clore le parcours
lasting-pathway-exit-done = Le parcours est clos.
lasting-pathway-note = Notes de l’équipe
lasting-pathway-note-text = Elles remplacent celles d’avant.
lasting-pathway-note-do = Garder les notes
lasting-pathway-note-done = Les notes sont gardées.
lasting-refusal-pathway-open-already = Cette personne a déjà un parcours en cours. Continuez celui-là, ou notez d’abord sa sortie.
lasting-refusal-pathway-wrong-stage = Ce parcours est « { $stage } » : la page n’était plus à jour. Rien n’a été écrit.
lasting-refusal-pathway-basket-empty = Le panier est vide : mettez-y d’abord quelque chose, ou notez la sortie.
lasting-refusal-pathway-basket = C’est déjà dans le panier, ou ce n’y est plus.
lasting-refusal-pathway-no-diagnosis = Ce rendez-vous n’a pas encore eu lieu : un diagnostic ne repose pas dessus.
lasting-refusal-milestone-unknown = Choisissez l’échéance de l’appel.
lasting-refusal-outcome-unknown = Choisissez où en est la personne.
