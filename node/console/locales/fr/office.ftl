# Les pages de celles et ceux qui répondent de la plateforme.

## Onglets et dates
console-tab-statistics = Statistiques
console-tab-status = État
console-month = { $month } { $year }
console-month-1 = janvier
console-month-2 = février
console-month-3 = mars
console-month-4 = avril
console-month-5 = mai
console-month-6 = juin
console-month-7 = juillet
console-month-8 = août
console-month-9 = septembre
console-month-10 = octobre
console-month-11 = novembre
console-month-12 = décembre
console-half-year =
    { $number ->
        [1] premier semestre { $year }
       *[other] second semestre { $year }
    }

## Statistiques
console-stat = Ce qui part du nœud
console-stat-of = Statistiques : { $name }
console-stat-back = ← Toutes les périodes
console-stat-due =
    { $count ->
        [0] Rien à envoyer
        [one] Une période à envoyer ou à retenir
       *[other] { $count } périodes à envoyer ou à retenir
    }
console-stat-due-none = Chaque période finie est close. La prochaine le sera quand elle sera finie.
console-stat-due-text = Commencez par la plus ancienne : une fois close une période, on n’en clôt pas de plus ancienne.
console-stat-due-others = La personne qui administre la plateforme les envoie ou les retient ; vous pouvez les regarder.
console-stat-look = Voir : { $name }
console-stat-running = Chiffres en cours : { $name }
console-stat-journal = Ce qui est parti, ou non
console-stat-journal-none = Rien n’est encore parti de ce nœud.
console-stat-period = Période
console-stat-became = État
console-stat-closed = Close le
console-stat-hash = Empreinte
console-stat-declared = Comptes déclarés par année
console-stat-declared-text = Ces chiffres sont déclarés et signés par une personne, sans bruit ajouté : ils sont hors de la garantie de confidentialité. Ils se déclarent avec la commande report declare.
console-stat-declared-none = Rien n’a encore été déclaré.
console-stat-year = { $year }, version { $revision }
console-stat-figures = Les chiffres de { $name }
console-stat-replaced = remplacée par une version plus récente
console-stat-taken-back = Retirée
console-stat-meaning = Ce que cela peut dire de quelqu’un
console-stat-how = Le nœud ajoute un bruit tiré au hasard à chaque nombre avant l’envoi. Le fédérateur ne reçoit jamais le nombre vrai, ni un nom, ni un trajet, ni une commune.
console-stat-budget = Budget de confidentialité de { $year } : { $used } sur { $limit } parts (une part vaut ρ = 1/{ $unit }).
console-stat-cell = Ce qui est compté
console-stat-true = Nombre vrai, reste ici
console-stat-noise = Bruit
console-stat-leaves = Ce qui part
console-stat-unknown = inconnu
console-stat-undrawn = pas encore tiré
console-stat-noise-text = Dans 95 cas sur 100, le bruit reste dans la fourchette indiquée. Un nombre qui part peut donc être négatif.
console-stat-not-over = Cette période n’est pas finie : les nombres changeront, et rien ne peut encore partir.
console-stat-open = Cette période est finie. Voici ce qu’elle compte ; rien n’est encore parti.
console-stat-not-yet = Cette période est finie, mais n’est pas à clore maintenant : une plus récente est close, ou ses mois ne le sont pas.
console-stat-withdrawn-why = Raison du retrait : { $name }.
console-stat-bytes = Les octets exacts
console-stat-bytes-text = Ces { $name } octets, et aucun autre. La même empreinte se voit au fédérateur.
console-stat-hex = Les montrer ici
console-stat-download = Télécharger les octets
console-stat-decide = Votre décision
console-stat-send-text = À l’envoi, le bruit est tiré une seule fois, le rapport est figé et part tel quel. Une erreur se corrige ensuite par un retrait, jamais par un second rapport.
console-stat-send = Tirer le bruit et envoyer
console-stat-withhold-text = Ou ne rien envoyer pour cette période, ni maintenant ni plus tard. Sa part du budget est utilisée de même.
console-stat-withhold-sure = Je retiens cette période pour toujours
console-stat-withhold = Retenir cette période
console-stat-not-sure = Rien n’a été fait. Pour retenir la période, cochez la case qui le confirme.
console-stat-sent = Le rapport est figé et part au prochain échange avec le fédérateur.
console-stat-silent = Le semestre est clos sans rapport : trop peu de personnes sont inscrites.
console-stat-withheld = La période est retenue : rien n’en partira.
console-stat-withdrawn = Le rapport est retiré ; le fédérateur l’apprend au prochain échange.
console-stat-take-back = Retirer ce rapport
console-stat-take-back-text = Le fédérateur cesse de l’additionner. Le rapport reste figé ici, sa part du budget reste utilisée, et aucun autre ne le remplace.
console-stat-take-back-why = Pourquoi ?
console-stat-take-back-do = Retirer le rapport

## État du nœud
console-status = État du nœud
console-status-amiss =
    { $count ->
        [0] Tout va bien.
        [one] Un point demande votre attention.
       *[other] { $count } points demandent votre attention.
    }
console-status-do = Que faire :
console-status-look = à regarder
console-status-alarms = À savoir
console-status-alarms-do = Lisez ce qui précède et faites-le aujourd’hui ; en cas de doute, appelez la personne qui héberge le nœud.
console-status-link = Lien avec le fédérateur
console-status-since = Depuis : { $name }.
console-status-alone = Ce nœud n’est membre d’aucune fédération : aucun trajet n’est proposé aux voisins, aucune statistique ne part. Le travail de chaque jour n’en dépend pas.
console-status-outbox =
    { $count ->
        [0] Aucun courrier n’attend de partir.
        [one] Un courrier attend de partir.
       *[other] { $count } courriers attendent de partir.
    }
console-status-certificate = Certificat valable jusqu’au { $name } ; il se renouvelle de lui-même.
console-status-connecting-do = Continuez à travailler : tout est gardé et partira. Si cela dure plus d’une heure, vérifiez la connexion à Internet de la machine.
console-status-refused-do = Appelez l’équipe nationale : le fédérateur ne laisse plus entrer ce nœud. Le travail local continue.
console-status-dead =
    { $count ->
        [one] Un courrier n’a pas pu être lu par le fédérateur et est mis de côté.
       *[other] { $count } courriers n’ont pas pu être lus par le fédérateur et sont mis de côté.
    }
console-status-dead-do = Mettez le programme à jour, puis prévenez l’équipe nationale si le nombre ne baisse pas.
console-status-backup = Sauvegardes
console-status-backup-good = récente
console-status-backup-old = ancienne
console-status-backup-none = aucune connue
console-status-backup-made = Dernière sauvegarde faite pendant que le nœud servait : { $name }.
console-status-backup-old-do = La sauvegarde de nuit n’a pas eu lieu. Demandez à la personne qui héberge le nœud de regarder sa tâche de nuit, et faites-en une maintenant avec la commande backup make.
console-status-backup-none-do = Faites une sauvegarde avec la commande backup make, et programmez-la chaque nuit vers un autre disque. Une sauvegarde faite nœud arrêté n’est pas connue ici.
console-status-restored = Ce nœud a été restauré le { $at }, depuis une sauvegarde du { $of }.
console-status-disk = Place sur le disque
console-status-disk-good = suffisante
console-status-disk-tight = trop peu
console-status-disk-unknown = inconnue
console-status-disk-room = { $free } Go libres sur { $total } Go.
console-status-disk-do = Libérez de la place, ou agrandissez le disque. S’il se remplit, le nœud refuse d’enregistrer ; ce qui est enregistré reste lisible.
console-status-disk-unknown-do = La place libre n’a pas pu être lue. Regardez-la sur la machine, avec df -h.
console-status-clock = Heure de la machine
console-status-clock-good = à comparer
console-status-clock-virtual = horloge simulée
console-status-clock-now = Ce nœud lit : { $name }, heure de Paris.
console-status-clock-hint = Comparez avec une montre. Si l’écart dépasse une minute, faites régler l’heure automatiquement sur la machine (timedatectl).
console-status-jobs = Tâches de fond
console-status-jobs-each = Tâche par tâche
console-status-jobs-text = Ce que le nœud fait de lui-même, nuit et jour.
console-status-jobs-good = en ordre
console-status-jobs-failing =
    { $count ->
        [one] une tâche en échec
       *[other] { $count } tâches en échec
    }
console-status-jobs-do = Elles réessaient d’elles-mêmes. Si l’échec dure plus d’une heure, lisez la dernière erreur dans le tableau, puis le journal du programme.
console-status-job = Tâche
console-status-state = État
console-status-failures = Échecs depuis le démarrage
console-status-last = Dernière erreur
console-status-facts = Ce nœud
console-status-territory = Territoire
console-status-model = Modèle en vigueur
console-status-node = Identifiant
console-status-version = Version
console-status-written = Dernière écriture durable
job-retention = durées de conservation
job-roads = distances par la route
job-series = trajets des séries
job-unanswered = demandes restées sans réponse

## Comptes et rôles
console-tab-users = Comptes
console-users = Comptes et rôles
console-users-text = Qui peut utiliser ce nœud, et pour quoi faire. Une personne qui s’en va : fermez son compte le jour même.
console-users-none = Aucun compte : seule la personne qui héberge le nœud y a accès.
console-user = Compte { $name }
console-user-new = Nouveau compte
console-user-back = ← Tous les comptes
console-user-label = Nom du compte
console-user-label-hint = Une fonction plutôt qu’une personne : accueil, tresorerie. Minuscules sans accent, chiffres, point et tirets. Il ne pourra plus changer, ni servir à un autre.
console-user-roles = Rôles
console-user-standing = État
console-user-way-in = Entrée
console-user-until = Valable jusqu’au
console-user-made = Créé le
console-user-closed-at = Fermé le
console-user-way-link = lien à ouvrir avant le { $name }
console-user-way-password = mot de passe choisi
console-user-way-none = ni mot de passe ni lien
console-user-whose = Données accessibles
console-user-whose-all = celles de toute la plateforme, selon ses rôles
console-user-whose-driver = celles de { $name }, bénévole
console-user-whose-prescriber = celles que { $name } a orientées
console-user-of-driver = celles d’un bénévole
console-user-of-prescriber = celles d’un orienteur
console-user-add = Créer le compte
console-user-add-hint = Un lien est donné aussitôt, une seule fois : remettez-le à la personne elle-même, qui choisit son mot de passe.
console-user-linked = Lien du compte { $name }, valable une fois, jusqu’au { $until }. Il ne sera plus montré : { $link }
console-user-facts = Ce compte
console-user-change = Changer les rôles
console-user-change-do = Enregistrer ces rôles
console-user-changed = Les rôles sont changés, dès maintenant.
console-user-link = Donner un lien
console-user-link-text = Pour une première entrée, ou un mot de passe oublié. Le lien d’avant ne vaut plus rien.
console-user-link-do = Donner un lien, montré une fois
console-user-close = Fermer le compte
console-user-close-text = Le compte n’ouvre plus rien, tout de suite et pour toujours. Ce qu’il a fait reste au journal.
console-user-close-sure = Je ferme ce compte pour toujours
console-user-close-do = Fermer ce compte
console-user-closed = Le compte est fermé.
console-user-not-sure = Rien n’a été fait. Pour fermer le compte, cochez la case qui le confirme.
console-role-coordinator = Prend les demandes, planifie, appelle. Voit les personnes.
console-role-driver = Un bénévole, pour ses propres trajets.
console-role-prescriber = Oriente des personnes, et apprend ce qu’elles deviennent.
console-role-treasurer = Participations, états de frais, reçus.
console-role-administrator = Comptes, modèles, statistiques. Ne voit pas les personnes ; tout ce qui est fait d’un compte est au journal.
console-role-auditor = Lit ce qui est dû aux autorités et qui a vu quoi. Ne change rien.

## Journal des accès
console-tab-journal = Journal
console-journal = Journal des accès, { $name }
console-journal-text = Qui a vu, changé ou sorti les données de qui. Les personnes sont ici des identifiants ; ouvrir un dossier est noté à son tour.
console-journal-lines =
    { $count ->
        [0] Rien ce jour-là
        [one] Une ligne ce jour-là
       *[other] { $count } lignes ce jour-là
    }
console-journal-time = Heure
console-journal-who = Par qui
console-journal-how = Comment
console-journal-what = Pour quoi
console-journal-whose = À propos de
console-journal-pages = Pages du jour
console-page-before = ← Page précédente
console-page-after = Page suivante →
console-journal-seen = vu
console-journal-changed = changé
console-journal-given-out = tableau sorti
console-journal-person = bénéficiaire
console-journal-volunteer = bénévole
console-journal-referral = orientation
console-journal-trip = trajet
console-journal-handover = passage de relais
console-act-person-add = dossier ouvert
console-act-person-show = dossier consulté
console-act-person-update = dossier modifié
console-act-person-history = passé consulté
console-act-people-search = recherche de personnes
console-act-volunteer-add = bénévole inscrit
console-act-volunteer-show = bénévole consulté
console-act-volunteer-update = bénévole modifié
console-act-volunteer-document = pièce notée
console-act-volunteer-absence = absence notée
console-act-volunteer-activate = sollicitation changée
console-act-request-add = demande prise
console-act-trip-show = trajet consulté
console-act-trip-offer = trajet proposé à un conducteur
console-act-trip-accept = conducteur d’accord
console-act-trip-refuse = conducteur pas d’accord
console-act-trip-pick-up = à bord
console-act-trip-complete = trajet fait
console-act-trip-no-show = absence
console-act-trip-cancel = trajet annulé
console-act-trip-unmet = besoin non satisfait
console-act-trip-edit = trajet modifié
console-act-day-sheet-show = feuille du jour
console-act-call-list = liste d’appels
console-act-call-note = appel noté
console-act-confirmation-show = confirmation imprimée
console-act-calendar-link = adresse de calendrier
console-act-loan-show = prêt consulté
console-act-service-show = service consulté
console-act-pathway-show = parcours consulté
console-act-referral-show = orientation consultée
console-act-subject-export = copie du dossier remise
console-act-table-export = tableau donné
console-act-award-opened = trajet reçu d’un voisin
console-act-offer-answer = réponse du conducteur
console-act-money-receive = participation reçue

## Laboratoire des modèles, besoins non satisfaits
console-home-ways = Votre session est ouverte. Voici les pages de votre rôle.
console-tab-models = Modèles
console-tab-unmet = Besoins
console-models = Laboratoire des modèles
console-models-text = Les mêmes trajets, calculés sous chaque modèle de participation : qui aurait payé quoi. C’est un calcul, pas une prévision : un autre tarif aurait changé les demandes.
console-models-period = Période
console-models-period-hint = Une année, ou un mois : 2026, 2026-11.
console-models-go = Comparer
console-models-none = Aucun trajet n’a été fait pendant cette période : il n’y a rien à comparer.
console-models-facts = Ce qui est comparé
console-models-bars = Qui paie quoi
console-models-legend = Légende
console-models-table = Les chiffres
console-models-served =
    { $count ->
        [one] un trajet servi ainsi
       *[other] { $count } trajets servis ainsi
    }
console-models-bar = Bénéficiaires : { $person } ; porteur : { $carrier } ; bénévoles : { $volunteer }
console-unmets = Besoins non satisfaits
console-unmets-text = Chaque trajet que personne n’a pu assurer, gardé pour montrer où l’aide manque et pourquoi. Aucun trajet n’en est retiré ; ce qui parle d’une personne part avec son effacement.
console-unmets-from = Du
console-unmets-to = Au
console-unmets-commune = Commune de départ
console-unmets-reason = Raison
console-unmets-all = toutes
console-unmets-go = Afficher
console-unmets-number = Nombre
console-unmets-by-commune = Par commune
console-unmets-map = Carte des communes : plus le rond est grand, plus il manque de trajets
console-unmets-point =
    { $count ->
        [one] { $name } : 1 besoin non satisfait
       *[other] { $name } : { $count } besoins non satisfaits
    }
console-unmets-by-reason = Par raison
console-unmets-rows = Les trajets
console-unmets-day = Voulu le
console-unmets-served = Assuré ensuite

## Liens des conducteurs
console-tab-drivers = Pages des conducteurs
console-drivers = Les pages des conducteurs
console-drivers-text = Par son lien, un bénévole voit ses trajets et ses frais, répond aux demandes et note ses absences. Le lien montre des noms : donnez-le à la personne elle-même. Il vaut six mois, et peut être révoqué.
console-drivers-none = Aucun bénévole n’est sollicité pour l’instant.
console-drivers-without = pas de lien
console-drivers-until = lien valable jusqu’au { $name }
console-drivers-link = Donner un lien : { $name }
console-drivers-again = Remplacer le lien : { $name }
console-drivers-revoke = Révoquer le lien : { $name }
console-drivers-given = Lien de ses pages pour { $name }, montré cette seule fois. Un lien donné auparavant ne vaut plus rien : { $link }
console-drivers-revoked = Le lien est révoqué : il n’ouvre plus rien.
console-act-driver-link = lien de ses pages
console-journal-account = compte
console-journal-staff = membre de l’équipe
console-journal-prescriber = prescripteur
console-journal-by-link = conducteur, par son lien ({ $name })
console-act-account-add = compte ouvert
console-act-account-link = lien de compte donné
console-act-account-password = mot de passe choisi
console-act-account-roles = rôles changés
console-act-account-renew = jeton renouvelé
console-act-account-revoke = compte fermé
