# Textes communs au nœud et au fédérateur.

## Aide de la ligne de commande
# L’espace insécable précède le deux-points que clap ajoute aux titres.
cli-help = Affiche cette aide
cli-version = Affiche la version
cli-heading-usage = Utilisation :
cli-heading-commands = Commandes{"\u00A0"}
cli-heading-arguments = Arguments{"\u00A0"}
cli-heading-options = Options{"\u00A0"}
cli-value-command = COMMANDE
cli-note-values = [choix : { $values }]
cli-note-default = [par défaut : { $values }]
cli-note-variable = [variable : { $values }]
cli-nothing = Rien à afficher.

## Erreurs de saisie sur la ligne de commande
usage-invalid-value = La valeur « { $value } » ne convient pas pour { $argument }. { $reason }
usage-value-missing = Il manque une valeur pour { $argument }.
usage-unknown-argument = L’option { $argument } n’existe pas ici.
usage-unknown-command = La commande « { $command } » n’existe pas.
usage-missing-argument = Il manque : { $argument }
usage-missing-command = Précisez la commande à exécuter.
usage-conflict = { $argument } ne peut pas s’employer avec { $other }.
usage-number-of-values = Le nombre de valeurs pour { $argument } ne convient pas.
usage-other = La ligne de commande n’est pas comprise.
usage-valid-values = Valeurs possibles : { $values }
usage-advice = Ajoutez --help pour voir comment vous servir de cette commande.

## Échecs
failure-why = Cause :
failure-not-running = Impossible de joindre le programme demandé.
failure-not-running-advice = Vérifiez qu’il est démarré et que l’adresse est la bonne, puis recommencez.
failure-internal = Une erreur interne est survenue. Votre demande n’a peut-être pas été enregistrée.
failure-internal-advice = Vérifiez avant de recommencer. Si cela se reproduit, transmettez ce message et le journal à la personne qui héberge le programme.

## Refus communs
refusal-not-running = { $program } ne fonctionne pas dans { $directory }. Démarrez-le avec : { $program } serve
refusal-directory-in-use = { $directory } est déjà utilisé par un programme en marche (processus { $pid }). Arrêtez-le d’abord.
refusal-directory-missing = { $directory } ne contient pas de données. Créez-les avec : { $program } init
refusal-directory-other-program = { $directory } appartient à { $owner }, pas à { $program }. Indiquez un autre dossier.
refusal-token-missing = Cette demande ne porte pas le jeton d’accès. Utilisez le compte qui fait fonctionner le programme.
refusal-token-wrong = Le jeton d’accès n’est plus valable. Recommencez : il change à chaque démarrage du programme.
refusal-token-too-many = Cette connexion a présenté trop de jetons d’accès refusés : plus aucun n’y est lu. Vérifiez le jeton, puis ouvrez une nouvelle connexion.
refusal-rpc-invalid = La demande n’a pas été comprise. Vérifiez que les deux programmes sont à la même version.
refusal-rpc-not-found = Ce que vous demandez n’existe pas.
refusal-rpc-conflict = La demande ne convient pas à l’état actuel. Relisez les données, puis recommencez.
refusal-rpc-forbidden = Vous n’avez pas le droit de faire cela.
refusal-rpc-unauthenticated = Vous n’êtes pas reconnu. Identifiez-vous, puis recommencez.
refusal-rpc-unavailable = Le programme ne répond pas pour l’instant. Réessayez dans un moment.
refusal-rpc-exhausted = Une limite est atteinte. Réessayez plus tard.
refusal-rpc-unimplemented = Le programme en marche ne connaît pas cette demande. Mettez-le à jour.
refusal-rpc-internal = Une erreur interne est survenue. Consultez le journal du programme.

## Origine d’un réglage
origin-default = valeur par défaut
origin-file = fichier { $path }
origin-environment = variable { $name }
origin-flag = ligne de commande

## Tâches de fond
worker-busy = au travail
worker-idle = en attente
worker-backing-off = nouvel essai prévu
worker-stopped = arrêtée

## Sauvegarde et restauration
refusal-backup-exists = { $path } existe déjà et n’est jamais remplacé. Donnez un autre nom, par exemple avec la date.
refusal-backup-inside-data = { $path } est à l’intérieur des données à sauvegarder. Choisissez un autre dossier, de préférence sur un autre disque.
refusal-backup-disk-full = Il n’y a plus assez de place pour { $path }. Rien d’inachevé n’a été laissé. Libérez de la place ou choisissez un autre disque, puis recommencez.
refusal-backup-cannot-write = { $path } ne peut pas être écrit ({ $cause }). Rien d’inachevé n’a été laissé. Vérifiez que le dossier existe et que ce compte peut y écrire.
refusal-backup-cannot-read = { $path } ne peut pas être lu ({ $cause }). Vérifiez le nom et que ce compte peut le lire.
refusal-backup-foreign = Ce fichier n’est pas une sauvegarde de Maillage. Vérifiez le nom du fichier.
refusal-backup-wrong-key = Cette phrase de passe ou cette clé n’ouvre pas la sauvegarde. Vérifiez que c’est bien celle du jour de la sauvegarde. Rien n’a été changé.
refusal-backup-damaged = La sauvegarde est abîmée ou incomplète : elle n’est pas utilisée. Prenez-en une autre copie, ou la sauvegarde précédente. Rien n’a été changé.
refusal-backup-newer = Cette sauvegarde vient d’une version plus récente ({ $version }). Installez cette version, puis recommencez.
refusal-backup-other-program = Cette sauvegarde est celle de { $owner }. Restaurez-la avec ce programme-là.
refusal-restore-broken-off = Une restauration précédente a été interrompue dans { $path } au moment de tout mettre en place. Rien de ce qui s’y trouve ne peut servir : supprimez son contenu, puis restaurez de nouveau.
refusal-restore-not-empty = { $path } n’est pas vide. Une restauration ne remplace jamais rien : indiquez un dossier vide avec --data, ou mettez l’ancien de côté.
refusal-passphrase-too-short = Cette phrase de passe est trop courte : il en faut au moins { $least } caractères. Quatre ou cinq mots suffisent.
refusal-passphrase-file = { $path } ne peut pas être lu comme une phrase de passe. Vérifiez le nom du fichier.
refusal-passphrase-file-exposed = D’autres comptes peuvent lire { $path }. Fermez-le avec : chmod 600 { $path }
refusal-recipient-format = Ce n’est pas une clé publique age : elle commence par age1.
refusal-identity-file = { $path } ne peut pas être lu. Vérifiez le nom du fichier de la clé secrète.
refusal-identity-file-exposed = D’autres comptes peuvent lire { $path }. Fermez-le avec : chmod 600 { $path }
refusal-identity-format = Ce fichier ne contient pas de clé secrète age (AGE-SECRET-KEY-…).
