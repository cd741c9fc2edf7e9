# Ce que l’on peut dire d’une comparaison de modèles de participation. Jamais de cause : les modèles ne sont pas tirés au
# sort entre les territoires.

## Conclusions
comparison-detected = Le modèle { $first } est associé à une valeur plus élevée de l’indicateur « { $indicator } » que le modèle { $second } : écart de { $difference }, à 95 % entre { $low } et { $high } (territoires : { $first-territories } et { $second-territories }). Les deux méthodes s’accordent ; les modèles n’ont pas été tirés au sort entre les territoires.
comparison-not-detected = Aucune différence de l’indicateur « { $indicator } » n’est détectée entre les modèles { $first } et { $second } (territoires : { $first-territories } et { $second-territories }). Cela ne veut pas dire qu’il n’y en a pas : seule une différence d’au moins { $detectable } aurait été annoncée, par les deux méthodes ensemble, quatre fois sur cinq.
comparison-not-detected-one-method = Aucune différence de l’indicateur « { $indicator } » n’est détectée entre les modèles { $first } et { $second } (territoires : { $first-territories } et { $second-territories }). Cela ne veut pas dire qu’il n’y en a pas : seule une différence d’au moins { $detectable } aurait été vue quatre fois sur cinq par la première méthode ; la seconde, sans laquelle rien n’est annoncé, n’a pas pu être appliquée.
comparison-methods-disagree = Les deux méthodes ne s’accordent pas sur l’indicateur « { $indicator } » entre les modèles { $first } et { $second } : nous ne concluons pas (territoires : { $first-territories } et { $second-territories }).
comparison-one-method = Une seule des deux méthodes a pu être appliquée à l’indicateur « { $indicator } » entre les modèles { $first } et { $second } : nous ne concluons pas (territoires : { $first-territories } et { $second-territories }).

## Changements de modèle
comparison-change-associated = Le changement de modèle est associé à une évolution de l’indicateur « { $indicator } » de { $effect } par rapport aux territoires qui n’ont pas encore changé (territoires qui ont changé : { $changing }). Avant le changement, aucune évolution différente n’est détectée.
comparison-change-not-detected = Aucune évolution de l’indicateur « { $indicator } » propre aux territoires qui changent de modèle n’est détectée (territoires qui ont changé : { $changing }).
comparison-change-trends-differ = Les territoires qui changent de modèle évoluaient déjà autrement avant de changer : l’écart de { $effect } sur l’indicateur « { $indicator } » ne peut pas être lu comme lié au changement (territoires qui ont changé : { $changing }).
comparison-change-nothing-before = Le changement de modèle est associé à une évolution de « { $indicator } » de { $effect } par rapport aux territoires qui n’ont pas encore changé (territoires ayant changé : { $changing }). Rien n’a pu être regardé avant le changement : des évolutions déjà différentes ne se verraient pas.

## À dire à côté
comparison-note-exploratory = Indicateur exploratoire : il n’avait pas été annoncé avant de voir les données.
comparison-note-turned = Sans le territoire { $territory }, la conclusion serait autre (territoires dans ce cas : { $number }). Vérifiez ce qu’il a déclaré avant de publier.
comparison-note-both = Territoires laissés de côté car ils suivent les deux modèles : { $number }.

## Protection des personnes
comparison-privacy-noise = Chaque territoire a ajouté du hasard à ses chiffres avant de les envoyer : quelqu’un qui saurait tout le reste et soupçonnerait qu’une personne utilise le service devinerait juste { $right } fois sur 100 au lieu de 50.
comparison-privacy-declared = Montants déclarés et signés par les territoires, sans hasard ajouté : ils sont en dehors de la garantie donnée aux personnes.

## Pourquoi rien n’est montré, et ce qu’il faudrait
comparison-withheld-too-few-territories = Rien n’est montré : le modèle { $model } a { $has } territoires et il en faut { $needed }.
comparison-withheld-one-territory-dominates = Rien n’est montré : un seul territoire pèse plus de { $percent } % du modèle { $model }. Il faut d’autres territoires.
comparison-withheld-denominator-in-noise = Rien n’est montré : le total du modèle { $model } ne dépasse pas assez le hasard ajouté. Il faut au moins { $needed } : attendez plus de mois ou plus de territoires.
comparison-withheld-too-few-above-noise = Pas de seconde méthode : dans le modèle { $model }, { $has ->
        [0] aucun territoire ne dépasse assez le hasard ajouté
        [one] un seul territoire dépasse assez le hasard ajouté
       *[other] { $has } territoires dépassent assez le hasard ajouté
    } et il en faut { $needed }. Attendez plus de mois ou plus de territoires.
comparison-withheld-stratum-too-thin = Pas de comparaison à densité égale : dans la classe de densité { $density }, le modèle { $model } a { $has } territoires et il en faut { $needed }.
comparison-withheld-tells-a-part = Rien n’est montré : avec ce qui est montré du reste, la valeur de { $model } laisserait calculer ce qui ne doit pas l’être. Il faut d’autres territoires.
comparison-withheld-hidden-period = Rien n’est montré : une période du modèle { $model } est cachée, et se déduirait de l’ensemble. Attendez qu’elle n’en fasse plus partie.
comparison-withheld-too-few-changes = Rien n’est montré : { $has } territoires ont changé de modèle et il en faut { $needed }.
comparison-withheld-too-few-unchanged = Rien n’est montré : { $has } territoires n’avaient pas encore changé de modèle et il en faut { $needed } à qui comparer les autres.
comparison-withheld-changes-dominated = Rien n’est montré : un seul territoire est plus de { $percent } % de ceux qui ont changé de modèle, ou de ceux auxquels ils sont comparés. Il faut d’autres territoires.
comparison-withheld-changes-in-noise = Rien n’est montré : les comptes des territoires qui ont changé de modèle, ou de ceux auxquels ils sont comparés, ne ressortent pas assez du hasard ajouté. Attendez d’autres semestres ou d’autres territoires.
comparison-withheld-no-variation = Pas d’intervalle : tous les territoires donnent la même valeur. Il faut des territoires qui diffèrent.
comparison-withheld-confounded = Pas de seconde méthode : les modèles se trouvent dans des territoires trop différents par la densité ou la population pour être distingués. Il faut des territoires semblables sous chaque modèle.
comparison-withheld-concentrated = Rien n’est montré : quelques territoires font presque tout un modèle. Il faut d’autres territoires de taille comparable.
comparison-withheld-too-many-columns = Pas de seconde méthode : il y a trop peu de territoires pour tenir compte de la densité et de la population. Il en faut davantage.
comparison-withheld-not-estimable = Rien n’est montré : le calcul ne donne pas de valeur sûre avec ces chiffres. Attendez plus de mois ou plus de territoires.
