# L’argent, les obligations et les listes à imprimer.
books-tab-money = Argent
books-tab-obligations = Obligations
books-others = Autres périodes
books-leave = Ne rien faire
books-open = Ouvrir
books-first =
    { $count ->
        [one] À voir d’abord
       *[other] À voir d’abord : { $count } points
    }

## Un mois
books-month = Argent : { $name }
books-month-before = ← Le mois d’avant
books-month-present = Ce mois-ci
books-month-after = Le mois d’après →
books-month-text = Ce qui a été noté dans les comptes ce mois-là. Maillage note l’argent, il n’en déplace pas. Chaque somme mène à ce qui la compose.
books-month-runs = Le mois n’est pas fini : ces chiffres vont encore changer.
books-back = ← Argent
books-back-month = ← { $name }
books-moved-due = Dû par les personnes
books-moved-received = Payé par les personnes
books-moved-written-off = Abandonné par la plateforme
books-moved-refunded = Rendu aux personnes
books-moved-remitted = Remis par les bénévoles
books-moved-spent = Frais des bénévoles à rembourser
books-moved-reimbursed = Remboursé aux bénévoles
books-moved-waived = Abandonné par les bénévoles
books-entries =
    { $count ->
        [0] aucune écriture
        [one] une écriture
       *[other] { $count } écritures
    }
books-entries-none = Aucune écriture.
books-behind = { $what }, { $month }
books-behind-text = Chaque ligne est une écriture. Une annulation compte en moins. Votre consultation est notée au journal des accès.
books-total = Total
books-total-month = Total du mois
books-day = Jour
books-who = Qui
books-with = Avec
books-note = Note
books-sum = Montant
books-what = Quoi
books-which = Lequel
books-id = Identifiant
books-number = Numéro
books-export-contributions = Tableau des participations
books-export-payments = Tableau des règlements
books-export-statements = Tableau des états de frais
books-export-waivers = Tableau des abandons
books-export-receipts = Tableau des reçus
books-who-pays = Qui paie les trajets du mois
books-people = Bénéficiaires
books-carrier = Association ou collectivité
books-volunteers = Bénévoles
books-shares = Bénéficiaires : { $people } · association ou collectivité : { $carrier } · bénévoles : { $volunteers }
books-trips =
    { $count ->
        [one] un trajet
       *[other] { $count } trajets
    }
books-shares-table = Qui paie quoi, par modèle de participation
books-shares-none = Aucun trajet terminé et chiffré ce mois-là.
books-model = Modèle
books-trips-number = Trajets
books-cost = Coût
books-statements = États de frais des bénévoles
books-statements-none = Aucun frais à relever ce mois-là.
books-to-close = à clore
books-volunteer = Bénévole
books-standing = Situation
books-basis = Régime
books-counted = Kilomètres comptés
books-loaded = Avec la personne
books-empty = À vide
books-mileage = Kilomètres
books-expenses = Autres frais
books-per-kilometre = { $name } par km

## Qui doit quoi
books-owed = Qui doit quoi aujourd’hui
books-owed-text = Les soldes de tous les comptes, à l’instant. Votre consultation est notée au journal des accès.
books-by-people = Dû par les personnes
books-by-people-text = participations pas encore payées
books-to-people = Trop payé
books-to-people-text = à rendre, ou à garder d’avance
books-to-volunteers = Dû aux bénévoles
books-to-volunteers-text = états clos pas encore remboursés
books-by-volunteers = À remettre par les bénévoles
books-by-volunteers-text = reçu des personnes et pas encore remis
books-owing =
    { $count ->
        [0] Bénéficiaires
        [one] Un bénéficiaire
       *[other] { $count } bénéficiaires
    }
books-owing-none = Personne ne doit rien, et personne n’a trop payé.
books-owing-all = Montrer tout le monde
books-volunteers-none = Rien n’est dû à un bénévole, ni par lui.

## Un compte
books-account = Compte
books-account-driver = Compte de bénévole
books-account-of = Compte : { $name }
books-file = Le dossier
books-back-owed = ← Qui doit quoi
books-back-account = ← Le compte
books-owes = doit { $name }
books-has-credit = a payé { $name } de trop
books-is-even = à jour
books-is-owed = à rembourser : { $name }
books-since-ever = Depuis le début
books-owed-now = Doit aujourd’hui
books-owed-to-driver = À rembourser aujourd’hui
books-to-hand-over = Reçu des personnes, à remettre
books-lines = Lignes
books-owed-after = Doit ensuite
books-owed-to-after = À rembourser ensuite
books-became = Suite
books-line = { $what } · { $detail }
books-line-back = annulation : { $what } · { $detail }
books-source-trip = un trajet
books-source-loan = un prêt
books-source-service = un service
books-source-membership = cotisation { $name }
books-source-donation = don libre
books-reason-hardship = la personne ne peut pas payer
books-reason-deceased = la personne est décédée
books-reason-unreachable = la personne n’est plus joignable
books-reason-goodwill = geste de la plateforme
books-reason-trifle = somme trop petite pour être réclamée
books-statement = État de frais
books-taken-back = annulée par { $name }
books-receipted = reçu { $name }
books-receipt-line = Donner un reçu pour { $name }
books-counter-line = Annuler { $name }
books-waiting = En attente d’un état de frais
books-waiting-none = Rien n’attend.
books-month-heading = Mois
books-lines-number = Lignes
books-expenses-waiting = Dépenses en attente
books-remove-expense-line = Retirer cette dépense
books-closed-statements = États clos
books-closed-none = Aucun état clos.

## Les formulaires
books-field-amount = Montant, en euros
books-amount-hint = Par exemple 12,50.
books-amount-unread = Écrivez un montant comme 12,50, avec deux décimales au plus.
books-field-day = Jour
books-day-hint = Vide : aujourd’hui.
books-field-method = Moyen
books-field-collector = Qui a reçu l’argent ?
books-collected-desk = le guichet
books-field-note = Note
books-note-hint = Facultative ; elle reste dans les comptes.
books-field-source = Pour quoi ?
books-due-membership = cotisation d’une année
books-due-donation = don libre
books-field-year = Année
books-year-hint = Par exemple 2026.
books-field-reason = Pourquoi ?
books-field-association = Dans les comptes de quelle association ?
books-association-usual = les comptes habituels
books-field-kind = Quelle dépense ?
books-field-basis = Régime
books-proof = Le justificatif a été vu
books-expense-day-hint = Le jour de la dépense.
books-expense-note-hint = Obligatoire pour une correction : dites pourquoi.
books-cancel-hint = Obligatoire : dites pourquoi le reçu est annulé.
books-waive-hint = Le jour de la signature : il décide de l’année du don.
books-not-sure = Rien n’a été fait : cochez la case pour confirmer.
books-pay = Noter un paiement
books-pay-text = Notez ce que la personne a payé. Plus que ce qu’elle doit devient une avance.
books-pay-do = Noter ce paiement
books-pay-done = C’est noté : { $name } reçus.
books-due = Noter une somme due
books-due-text = Une cotisation ou un don. Un trajet ou un prêt se note de lui-même quand il est terminé.
books-due-do = Noter cette somme
books-due-done = C’est noté : { $name } à payer.
books-refund = Rendre un trop-payé
books-refund-text = Notez ce qui a été rendu à la personne, au plus ce qu’elle a payé de trop.
books-refund-do = Noter que c’est rendu
books-refund-done = C’est noté : { $name } rendus.
books-refund-sure = Oui, cet argent a été rendu à la personne.
books-write-off = Renoncer à une somme
books-write-off-text = La plateforme renonce à tout ou partie de ce que la personne doit. L’écriture reste visible dans les comptes.
books-write-off-do = Renoncer à cette somme
books-write-off-done = C’est noté : la plateforme renonce à { $name }.
books-write-off-sure = Oui, la plateforme renonce à cette somme.
books-remit = Noter une remise
books-remit-text = Notez ce que le bénévole a remis de l’argent reçu des personnes.
books-remit-do = Noter cette remise
books-remit-done = C’est noté : { $name } remis.
books-expense = Noter une dépense
books-expense-text = Péage, stationnement ou autre frais avec justificatif ; ou la correction d’un état déjà clos. Elle entre dans le prochain état de frais.
books-expense-do = Noter cette dépense
books-expense-done = C’est noté : { $name }, en attente d’un état de frais.
books-remove-expense = Retirer une dépense
books-remove-expense-text = La dépense disparaît de ce qui attend ; aucun état ne l’a encore prise.
books-remove-expense-do = Retirer cette dépense
books-remove-expense-done = La dépense est retirée.
books-remove-expense-sure = Oui, retirer cette dépense.
books-waiver = Donner le reçu fiscal d’une année
books-waiver-text = Le reçu compte tous les états que le bénévole a abandonnés par une signature de cette année et qu’aucun reçu ne compte encore.
books-waiver-do = Donner ce reçu
books-waiver-done = Le reçu { $name } est donné.
books-waiver-sure = Oui : le reçu prend un numéro et ne changera plus.
books-receipt = Donner un reçu
books-receipt-text = Le reçu prend le prochain numéro et ne change plus ; il s’annule seulement par un avoir.
books-receipt-do = Donner ce reçu
books-receipt-done = Le reçu { $name } est donné : il est sur la ligne du paiement.
books-counter = Annuler une écriture
books-counter-text = Rien ne s’efface des comptes : une écriture contraire est ajoutée à la date d’aujourd’hui.
books-counter-do = Annuler cette écriture
books-counter-done = L’écriture est annulée par { $name }.
books-counter-sure = Oui, annuler cette écriture.
books-cancel = Annuler ce reçu
books-cancel-text = Un avoir numéroté annule le reçu. Les deux restent dans les comptes.
books-cancel-do = Annuler ce reçu
books-cancel-done = Le reçu est annulé par l’avoir { $name }.
books-cancel-sure = Oui, annuler ce reçu.
books-reimburse = Noter le remboursement
books-reimburse-text = Notez le jour et le moyen par lequel l’association a remboursé cet état.
books-reimburse-do = Noter le remboursement
books-reimburse-done = C’est noté : l’état { $name } est remboursé.
books-waive = Noter l’abandon
books-waive-text = Le bénévole a signé qu’il renonce au remboursement de cet état et le laisse en don.
books-waive-do = Noter l’abandon
books-waive-done = C’est noté : l’état { $name } est abandonné.
books-undo = Revenir en arrière
books-undo-text = Le remboursement ou l’abandon a été noté par erreur : l’état redevient simplement clos, et des écritures contraires sont ajoutées.
books-undo-do = Revenir en arrière
books-undo-done = L’état { $name } est de nouveau à régler.
books-undo-sure = Oui, c’était noté par erreur.
books-close = Clore cet état
books-close-text = Un état clos prend un numéro et ne change plus : ce qui arrive tard entre dans le suivant.
books-close-do = Clore cet état
books-close-done = L’état { $name } est clos.
books-close-sure = Oui, clore cet état pour de bon.
books-sign = Signer ce mois
books-sign-text = Vous signez les deux sens du mois tels que vos livres le disent maintenant ; l’autre territoire les reçoit.
books-sign-do = Signer et envoyer
books-sign-done = Le mois de { $name } est signé et part vers l’autre territoire.
books-sign-sure = Oui, j’ai lu les lignes de ce mois.
books-correct = Rectifier
books-correct-text = La ligne de vos livres change ; le trajet lui-même et les statistiques restent comme ils sont.
books-correct-do = Rectifier cette ligne
books-correct-done = La ligne de { $name } est rectifiée.
books-field-result = Ce qu’il en est
books-result-driven = effectué
books-result-no-show = la personne était absente
books-result-at-the-door = annulé à la porte
books-result-nothing = rien à régler
books-result-as-the-other = comme l’autre l’a signé
books-field-loaded = Kilomètres avec la personne
books-field-empty = Kilomètres à vide
books-kilometres-hint = Vide : inchangé.
books-field-collected = Encaissé auprès de la personne, en euros
books-collected-hint = Vide : inchangé.
books-refusal-expense-without-proof = Une dépense se note quand le justificatif a été vu : demandez-le, puis cochez la case.
books-refusal-money-code-unknown = Choisissez une des valeurs proposées.
books-refusal-issuer-missing = On ne sait pas encore quel organisme donne les reçus. La personne qui héberge la plateforme le note une fois pour toutes.
books-refusal-issuer-without-quality = L’organisme ne donne pas de reçus fiscaux. Voyez avec son comptable.
books-refusal-settlement-cannot-reckon = Une ligne nomme une version de l’accord que nous n’avons pas. Appelez l’autre territoire.
books-refusal-settlement-too-many-lines = Ce mois a trop de lignes pour être signé ici. Réglez-le d’après le tableau.
books-refusal-settlement-line-unknown = Ni vous ni l’autre n’avez de ligne pour ce trajet dans ce mois.
books-refusal-settlement-line-not-driven = Des kilomètres ou une participation ne vont qu’avec un trajet effectué.
books-refusal-request-id-reused = Ce formulaire a déjà été envoyé, avec autre chose. Vérifiez le compte ; si c’est voulu, envoyez de nouveau.
books-refusal-request-id-gone = Ce formulaire a déjà été envoyé, et ce qu’il avait noté n’est plus là. Vérifiez le compte, puis envoyez de nouveau.
books-refusal-changed-meanwhile = Les livres ont changé depuis que vous les avez lus : revenez au mois, relisez-le, puis signez.

## Un état de frais
books-statement-of = État de frais, { $name }
books-back-statement = ← L’état de frais
books-draft = pas encore clos
books-draft-runs = Cet état ne peut pas être clos maintenant : le mois n’est pas fini, ou il n’y a rien à y mettre.
books-statement-empty = Rien à mettre dans cet état.
books-arrears = d’un mois précédent
books-print-statement = État à imprimer et à signer
books-paid-on = { $day }, { $method }
books-waived-on = abandonné, signé le { $name }
books-closed-at = Clos le
books-settled = Réglé
books-tax-receipt = Reçu fiscal
books-signed = Signé le

## Les reçus
books-back-receipt = ← Le reçu
books-receipt-facts = Le reçu
books-issuer = Organisme
books-issuer-address = Son adresse
books-recipient = Donné à
books-recipient-address = Adresse

## Les mois avec d’autres territoires
books-members = Décomptes avec les autres territoires
books-member = Territoire
books-member-phone = Téléphone de l’autre accueil
books-we-carried = Nous avons transporté
books-they-carried = L’autre a transporté
books-net = Solde en notre faveur
books-with-member = Décompte avec { $member }, { $month }
books-with-member-text = Ce que chacun doit à l’autre pour les trajets confiés sous un accord. Aucune personne n’y figure.
books-back-settlement = ← Le décompte
books-trouble = Empêchement
books-last-refusal = Dernier refus du fédérateur
books-handover = Relais
books-lines-none = Aucune ligne.
books-differences = Là où l’autre a signé autre chose
books-difference = Différence
books-ours = Selon nous
books-theirs = Selon l’autre
books-table = Tableau (CSV)

## Les obligations
books-return = Déclaration au préfet { $name }
books-return-of = Association : { $name }
books-back-return = ← Déclaration { $name }
books-back-obligations = ← Obligations
books-return-facts = Les chiffres de la déclaration
books-return-form = Formulaire à imprimer et à signer
books-return-runs = année en cours ; à envoyer avant le { $name }
books-return-due = à envoyer avant le { $name }
books-return-over = était à envoyer avant le { $name }
books-missing-carrier-kind = manque
books-missing-carrier = Aucune association n’est déclarée
books-missing-carrier-do = Seule une association peut organiser un transport d’utilité sociale : la personne qui administre la plateforme la déclare.
books-missing-undecided-kind = à voir
books-missing-undecided =
    { $count ->
        [one] Un trajet hors de tout cadre, sans dérogation signée
       *[other] { $count } trajets hors de tout cadre, sans dérogation signée
    }
books-missing-undecided-do = Ils ne sont pas dans la déclaration. Ouvrez-les : réévaluez le cadre, ou signez une dérogation motivée.
books-missing-verify-kind = à vérifier
books-missing-verify =
    { $count ->
        [one] Un trajet au cadre à vérifier
       *[other] { $count } trajets au cadre à vérifier
    }
books-missing-verify-do = Ils ne sont pas dans les chiffres. Complétez le dossier des personnes (résidence, ressources), puis faites réévaluer le cadre.
books-missing-headcount-kind = manque
books-missing-headcount = Les effectifs de l’association pour cette année ne sont pas notés
books-missing-headcount-do = Salariés, bénévoles et adhérents : la personne qui administre la plateforme complète la fiche de l’association.
books-missing-uncosted-kind = à vérifier
books-missing-uncosted =
    { $count ->
        [one] La participation d’un trajet n’est pas connue
       *[other] La participation de { $count } trajets n’est pas connue
    }
books-missing-uncosted-do = La somme des participations ne les compte pas.
books-missing-papers-kind = expire
books-missing-papers =
    { $count ->
        [one] Une pièce d’un bénévole expire dans les 60 jours, ou a expiré
       *[other] { $count } pièces de bénévoles expirent dans les 60 jours, ou ont expiré
    }
books-missing-papers-do = Un bénévole dont une pièce a expiré n’est plus proposé. Demandez la nouvelle, puis notez-la dans son dossier.
books-figure = { $what } : { $year }
books-figure-text = De quoi ce chiffre est fait, sous des identifiants. Ouvrir une page est noté comme d’habitude.
books-items =
    { $count ->
        [0] Rien
        [one] Un élément
       *[other] { $count } éléments
    }
books-items-none = Ce chiffre n’est fait de rien.
books-register = Registre des traitements
books-processing = Traitement
books-is = Contenu

## La liste d’appels
books-calls = Liste d’appels à imprimer
books-calls-of = Liste d’appels, { $name }
books-calls-text = Qui appeler, à quel numéro, et avant quand, le plus pressé d’abord. Notez sur le papier, puis sur les pages des trajets. Cette liste est notée au journal des accès.
books-calls-count =
    { $count ->
        [0] Aucun appel
        [one] Un appel
       *[other] { $count } appels
    }
books-calls-none = Personne à appeler ce jour-là.
books-back-day = ← Le jour
books-call-by = Avant
books-call-from = à partir de { $name }
books-call-about = Pour
books-call-drive = Trajet
books-call-done = Fait
books-phone = Numéro
books-no-phone = pas de numéro

console-act-money-show = compte consulté
