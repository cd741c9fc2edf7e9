# La console : ce que montrent ses pages.

## Autour des pages
console-skip = Aller au contenu
console-nav = Navigation principale
console-more-ways = Plus
console-tab-home = Accueil
console-tab-today = Aujourd’hui
console-tab-request = Nouvelle demande
console-tab-people = Personnes
console-other-language = English
console-other-language-code = en
console-sign-out = Se déconnecter

## Se connecter
console-sign-in = Se connecter
console-sign-in-do = Se connecter
console-sign-in-account = Nom du compte
console-sign-in-password = Mot de passe
console-sign-in-help = Mot de passe oublié, ou première fois ? La personne qui administre la plateforme vous donne un lien, valable une fois.
console-kept = Votre session était terminée. Ce que vous aviez saisi n’est pas perdu : connectez-vous, le formulaire revient tel quel.
console-kept-back = Voici ce que vous aviez saisi. Rien n’a encore été enregistré.
console-sent-already = Une demande a déjà été enregistrée depuis ce formulaire. Si vous en voulez une seconde, enregistrez encore une fois.
console-choose = Choisir un mot de passe
console-choose-for = Pour le compte « { $name } ».
console-choose-do = Enregistrer ce mot de passe
console-choose-new = Nouveau mot de passe
console-choose-hint = Au moins 12 caractères. Trois ou quatre mots qui ne vont pas ensemble, avec les espaces, se retiennent bien.
console-choose-again = Le même, une seconde fois
console-choose-present = Mot de passe actuel
console-choose-differ = Les deux saisies ne sont pas les mêmes.
console-choose-done = C’est enregistré : votre session est ouverte.
console-password-changed = Le mot de passe est changé. Vos autres sessions sont terminées.
console-signed-out = Votre session est fermée.

## Ce qui n’aboutit pas
console-nothing-here = Rien à cette adresse
console-nothing-here-text = Cette page n’existe pas, ou plus. L’adresse est peut-être incomplète.
console-not-allowed = Ce n’est pas dans vos droits
console-not-allowed-text = Votre compte ne permet pas d’ouvrir cette page. Si vous en avez besoin, demandez à la personne qui administre la plateforme.
console-too-many = Un instant
console-too-many-text = Trop de demandes en peu de temps depuis cette adresse. Patientez un peu, puis réessayez.
console-sign-in-wait = Trop d’essais. Patientez un quart d’heure, puis réessayez ; si le mot de passe est oublié, demandez un lien à la personne qui administre la plateforme.
console-forged = Formulaire périmé
console-forged-text = Ce formulaire ne peut plus être envoyé : la page était ouverte depuis longtemps, ou la demande ne venait pas d’elle. Rien n’a été fait. Rouvrez la page et recommencez.
console-link-over = Ce lien ne vaut plus rien
console-too-long = Formulaire trop long
console-too-long-text = Ce que vous avez envoyé dépasse ce que cette page accepte. Raccourcissez les notes, puis recommencez.
console-broken-off = Le formulaire n’est pas arrivé en entier
console-broken-off-text = La ligne s’est interrompue, ou elle est trop lente. Revenez en arrière et renvoyez-le : ce que vous avez saisi y est encore.
console-out-of-order = Quelque chose ne va pas
console-out-of-order-text = Votre demande n’a pas pu être traitée. Réessayez dans un instant ; si cela dure, prévenez la personne qui héberge la plateforme.
console-go-home = Retour à l’accueil
console-go-sign-in = Se connecter

## Accueil des autres rôles
console-home = Bonjour
console-home-text = Votre session est ouverte. Les pages de votre rôle arrivent dans la console ; d’ici là, la personne qui administre la plateforme fait pour vous ce dont vous avez besoin.

## Aujourd’hui
console-today = Aujourd’hui
console-day = Jour
console-day-go = Aller
console-days = Autres jours
console-day-before = ← La veille
console-day-present = Aujourd’hui
console-day-after = Le lendemain →
console-sheet = Feuille du jour à imprimer
console-decide =
    { $count ->
        [0] Rien à décider
        [one] Une décision à prendre
       *[other] { $count } décisions à prendre
    }
console-decide-none = Tout est en ordre pour le moment.
console-trips =
    { $count ->
        [0] Trajets du jour
        [one] Un trajet ce jour
       *[other] { $count } trajets ce jour
    }
console-trips-none = Aucun trajet.
console-by-driver = Par conducteur
console-to-decide = à pourvoir
console-to-decide-advice = Ouvrez le trajet, voyez qui peut conduire, et proposez-le ; si personne ne peut, proposez-le aux voisins.
console-does-not-fit = ne convient plus
console-handover = voisins
console-offer-late = sans réponse
console-offer-late-what = { $name } devait répondre.
console-offer-late-advice = Appelez, puis notez sa réponse sur la page du trajet.
console-offer-call = à appeler
console-offer-call-what = { $name } est à joindre par téléphone.
console-do-stranded = Trouvez quelqu’un maintenant pour cette étape, ou rappelez le premier conducteur.
console-do-half-carried = Trouvez quelqu’un pour l’autre étape, ou annulez les deux.
console-do-home-moved = Appelez la personne : part-elle bien de sa nouvelle adresse ? Corrigez le trajet, puis prévenez le conducteur.
console-do-needs-changed = Vérifiez que le véhicule prévu convient encore ; sinon proposez le trajet à quelqu’un d’autre.
console-do-same-place = La personne habite maintenant à l’arrivée : demandez-lui si elle a encore besoin du trajet, sinon annulez-le.
console-do-inactive = Proposez le trajet à quelqu’un d’autre : ce bénévole n’est plus sollicité.
console-do-avoided = Proposez le trajet à quelqu’un d’autre : ces deux personnes ne sont plus à réunir.
console-do-company-not-agreed = Demandez à la personne si elle accepte d’être accompagnée ; sinon séparez les trajets.
console-do-documents = Demandez la pièce au bénévole et notez-la dans son dossier ; sinon proposez le trajet à quelqu’un d’autre.
console-do-communes = Demandez au bénévole s’il accepte d’y aller cette fois ; sinon proposez le trajet à quelqu’un d’autre.
console-do-week = Demandez au bénévole si c’est trop ; sinon proposez le trajet à quelqu’un d’autre.
console-do-fitness = Proposez le trajet à quelqu’un dont le véhicule convient.
console-do-window = Convenez d’un autre horaire avec la personne et le conducteur, ou changez de conducteur.
console-do-too-fast = Avancez le départ, ou convenez d’un horaire plus large avec la personne.
console-do-wait = L’attente entre l’aller et le retour est longue : demandez au bénévole, ou confiez le retour à quelqu’un d’autre.
console-do-availability = Demandez au bénévole s’il peut malgré tout ; sinon proposez le trajet à quelqu’un d’autre.
console-do-overlap = Le bénévole est attendu à deux endroits : confiez un des trajets à quelqu’un d’autre.
console-do-too-far = Demandez au bénévole s’il accepte la distance ; sinon proposez le trajet à quelqu’un d’autre.
console-do-commune-unknown = Corrigez la commune du trajet : elle a peut-être fusionné.
console-do-shape = Ouvrez le trajet et vérifiez l’aller et le retour.
console-do-concern-uncertain = Appelez l’autre accueil : il faut savoir qui assure le trajet.
console-do-concern-returned = Cherchez un conducteur, ou proposez le trajet à d’autres voisins.
console-do-concern-half-carried = Cherchez quelqu’un pour l’autre trajet, ou reprenez les deux.
console-do-concern-to-answer = Dites oui ou non au voisin.
console-do-concern-to-choose = Choisissez un des voisins qui se proposent.
console-do-concern-to-bid = Voyez si quelqu’un de chez vous peut, et répondez.
console-do-concern-change-asked = Répondez à l’autre accueil : oui ou non.
console-do-concern-account-missing = Demandez à l’autre accueil ce que le trajet est devenu.
console-do-concern-disputed = Appelez l’autre accueil et accordez-vous sur ce qui s’est passé.
console-do-concern-message = Répondez à l’autre accueil.
console-do-concern-refused = Prévenez la personne qui héberge la plateforme.
console-do-concern-lost = Comparez avec l’autre accueil ce qui est vrai, puis notez-le ici.

## Prendre une demande
console-request = Nouvelle demande
console-who = Qui voyage ?
console-who-letters = Nom, téléphone ou commune
console-who-hint = Trois lettres suffisent, sans accents si vous voulez.
console-who-other = Changer de personne
console-find = Chercher
console-found =
    { $count ->
        [one] Une personne trouvée
       *[other] { $count } personnes trouvées
    }
console-found-none = Personne ne correspond. Vérifiez l’orthographe, essayez le numéro de téléphone, ou inscrivez la personne.
console-pick = Choisir { $name }
console-where = Où, et pour quoi ?
console-habits = Comme d’habitude :
console-habit-times =
    { $times ->
        [one] une fois, { $weekday } à { $time }
       *[other] { $times } fois, souvent { $weekday } à { $time }
    }
console-to-commune = Commune d’arrivée
console-commune-hint = Son nom, ou son code INSEE.
console-to-address = Adresse d’arrivée
console-address-hint = Rue et numéro, ou nom du lieu.
console-purpose = Motif
console-when = Quand ?
console-time = Heure
console-time-kind = Cette heure est celle
console-kind-arrive = où il faut y être
console-kind-pickup = où l’on vient chercher la personne
console-back = Et le retour ?
console-back-none = pas de retour
console-back-at = à une heure précise
console-back-call = la personne appelle quand elle a fini
console-back-time = Heure du retour
console-back-time-hint = Seulement pour un retour à une heure précise.
console-notes = Note pour le conducteur
console-notes-hint = Facultatif : nom du cabinet, étage, code. Rien de médical.
console-more = Autres précisions : départ ailleurs que chez elle, accompagnants, souplesse
console-from-commune = Départ dans une autre commune
console-from-hint = À remplir seulement si le départ n’est pas le domicile.
console-from-address = Adresse de départ
console-companions = Accompagnants
console-tolerance = Souplesse, en minutes
console-tolerance-hint = Sinon : 30 minutes.
console-late-ok = Arriver un peu après l’heure dite est acceptable
console-check = Vérifier
console-check-hint = « Vérifier » montre le cadre juridique, la participation et qui peut conduire. Rien n’est enregistré avant « Enregistrer ».
console-checked = Si vous enregistrez
console-save = Enregistrer la demande
console-save-hint = Ou choisissez ci-dessous à qui proposer le trajet : la demande est enregistrée du même geste.
console-saved = La demande est enregistrée.
console-saved-asked = La demande est enregistrée, et proposée à { $name }.
console-saved-not-asked = La demande est enregistrée, mais n’a pas pu être proposée à { $name } : { $why }
console-wrong =
    { $count ->
        [one] Un point à corriger
       *[other] { $count } points à corriger
    }
console-need-commune = Indiquez la commune d’arrivée.
console-need-purpose = Choisissez le motif.
console-need-day = Indiquez le jour.
console-need-time = Indiquez l’heure.
console-need-back-time = Indiquez l’heure du retour, ou choisissez que la personne appelle.
console-need-letters = Tapez au moins trois lettres ou chiffres.
console-not-number = Écrivez un nombre entier, par exemple 1.
console-commune-unknown = Aucune commune ne s’appelle ainsi. Vérifiez l’orthographe, ou écrivez son code INSEE.
console-commune-several = Plusieurs communes s’appellent ainsi : { $name }. Écrivez l’une d’elles, code compris.
console-sign-frame = Motif de l’exception au cadre juridique
console-sign-access = Motif de l’exception à la prescription
console-sign-hint = Sans motif, la demande ne peut pas être enregistrée. L’exception est signée de votre compte et datée.
console-ask-and-save = Enregistrer et proposer à { $name }
console-can = Qui peut conduire
console-nobody = Personne ne peut conduire ce trajet pour l’instant. Voyez pourquoi ci-dessous, changez l’horaire, ou proposez-le aux voisins.
console-cannot =
    { $count ->
        [one] Une personne ne peut pas, et pourquoi
       *[other] { $count } personnes ne peuvent pas, et pourquoi
    }
console-pickup-at = prise en charge { $name }
console-extra = + { $name } à vide
console-estimated = Distances estimées, sans routeur.
console-asked = participation : { $name }
console-why-frame = Pourquoi ce cadre
console-frame-unsure = Cadre à confirmer : voyez pourquoi
console-outside = Hors de tout cadre juridique

## Un trajet
console-trip-title = { $from } → { $to }
console-leg-title = { $leg } : { $from } → { $to }
console-fact-phone = Téléphone
console-fact-home = Domicile
console-fact-from = Départ
console-fact-to = Arrivée
console-fact-distance = Distance
console-fact-needs = Besoins
console-fact-companions = Accompagnants
console-fact-notes = Note pour le conducteur
console-fact-person-notes = À savoir
console-fact-driver = Conducteur
console-fact-email = Courriel
console-fact-birth = Année de naissance
console-fact-situation = Situation
console-fact-channel = Préfère être joint par
console-fact-internal = Note interne
console-fact-sharing = Trajets confiés aux voisins
console-fact-pooling = Dans la voiture
console-fact-statistics = Statistiques
console-fact-informed = Informée le
console-objects = s’y oppose
console-does-not-object = ne s’y oppose pas
console-other-leg-outbound = L’aller
console-other-leg-return = Le retour
console-ask = Proposer à { $name }
console-asked-done = Le trajet est proposé à { $name }.
console-question = { $name } n’a pas encore répondu
console-question-until = Réponse attendue avant : { $name }.
console-answer-yes = C’est oui
console-answer-no = C’est non
console-answer-why = Si c’est non, pourquoi ?
console-answered-yes = C’est noté : oui.
console-answered-no = C’est noté : non. Voyez à qui proposer le trajet maintenant.
console-neighbours = Demander aux voisins
console-neighbours-text = Les territoires voisins voient les communes, le créneau et les besoins codés ; nom et adresse ne sont lisibles que par celui qui est choisi.
console-neighbours-agrees = La personne est d’accord pour ce trajet
console-neighbours-never = La personne ne souhaite pas que ses trajets soient confiés aux voisins.
console-neighbours-do = Proposer aux voisins
console-neighbours-done = Le trajet est proposé aux voisins.
console-moments = Ce qui s’est passé
console-ending = Fin du trajet
console-driven = Kilomètres avec la personne
console-driven-hint = Laissez vide pour reprendre l’estimation.
console-done = Le trajet est fait
console-done-done = C’est noté : le trajet est fait.
console-absent = La personne n’était pas là
console-absent-done = C’est noté : la personne n’était pas là.
console-cancel = Annuler le trajet
console-cancel-by = À la demande de qui ?
console-cancel-why = Pourquoi ?
console-cancel-do = Annuler ce trajet, et l’autre sens avec lui
console-cancel-done = Le trajet est annulé.
console-by-person = la personne
console-by-volunteer = le bénévole
console-by-platform = la plateforme
console-by-destination = le lieu de rendez-vous
console-by-prescriber = l’orienteur
console-unmet = Personne ne peut : noter un besoin non satisfait
console-unmet-why = Pourquoi ?
console-unmet-do = Noter le besoin non satisfait
console-unmet-done = C’est noté au registre des besoins non satisfaits.

## Les personnes
console-people = Personnes
console-file = Le dossier
console-choices = Ses choix
console-request-for = Prendre une demande
console-person-trips = Ses trajets
console-habits-title = Où elle va d’habitude
console-file-moments = Ce qui s’est passé
console-change-person-add = dossier ouvert
console-change-person-update = dossier modifié
console-change-request-add = demande prise
console-change-trip-offer = trajet proposé à un conducteur
console-change-trip-accept = conducteur d’accord
console-change-trip-refuse = conducteur pas d’accord
console-change-trip-pick-up = à bord
console-change-trip-complete = trajet fait
console-change-trip-no-show = absence
console-change-trip-cancel = trajet annulé
console-change-trip-unmet = besoin non satisfait
console-change-trip-edit = trajet modifié
console-change-trip-correct = fin de trajet corrigée
console-change-trip-call = retour demandé
console-change-series-add = série créée
console-change-series-edit = série modifiée
console-change-money-receive = participation reçue
console-change-subject-export = copie du dossier remise
