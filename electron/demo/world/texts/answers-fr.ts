import type { Answers } from './phrasebook.ts';

/** One for each question of `fr.ts`, in its order. */
export const answersFr: Answers = {
  refund: {
    ask: [
      'Votre retour {order} est accepté. Les {amount} partent aujourd’hui et arrivent sous {days} jours ouvrés.',
      '{item} est arrivé le {date} ; le remboursement de {amount} est validé et sera crédité sous {days} jours ouvrés.',
      'Dans « Mes commandes », « Retourner ». L’étiquette est gratuite ; {amount} suivent.',
      'Vous avez raison, un bon a été déduit deux fois. Le remboursement de {order} est corrigé.',
      'Par sécurité, il va sur la carte qui a payé.',
    ],
    more: ['Oui, sur la même carte.', 'Non, le retour est gratuit.', 'Oui, par e-mail.'],
  },
  order: {
    ask: [
      '{order} est en livraison et arrive le {date}.',
      'Le transporteur l’avait retenue. J’ai relancé ; elle repart aujourd’hui.',
      'Elle est au point relais ; l’adresse et le code vous arrivent.',
    ],
    more: ['Oui, dites-moi quel point relais.', 'Elle attend {days} jours au point relais.'],
  },
  cancel: {
    ask: [
      'C’est fait : {order} est annulée, rien ne sera débité.',
      'J’en ai annulé une ; {item} n’arrivera qu’une fois.',
      'Non, {item} n’était pas parti ; c’est annulé.',
    ],
    more: ['Oui, elle arrive.', 'Non, il est de nouveau valable.'],
  },
  address: {
    ask: [
      'L’adresse de {order} est changée. Livraison toujours le {date}.',
      'Le numéro est corrigé pour {order}.',
      'Oui, {item} ira au bureau. Qui le reçoit ?',
    ],
    more: ['Non, toujours le {date}.', 'Oui, dans votre compte.'],
  },
  invoice: {
    ask: [
      'La facture de {order} est envoyée, TVA détaillée.',
      'Dans « Mes commandes », à côté de {item}.',
      'Le nom est corrigé sur la facture du {date}.',
    ],
    more: ['Oui, envoyée à {email}.', 'Oui, trois ans.'],
  },
  damaged: {
    ask: [
      'Désolé. Un nouveau {item} part sans frais, prévu le {date}.',
      'La pièce part aujourd’hui et arrive sous {days} jours.',
      'Ne l’utilisez pas. On le reprend et on livre la vitre sous {days} jours.',
    ],
    more: ['Si possible oui, pour le transporteur.', 'Le {date}.'],
  },
  account: {
    ask: [
      'Un nouveau lien est parti, valable une heure.',
      'Votre compte a maintenant {email}.',
      'Je l’envoie par SMS cette fois.',
    ],
    more: ['Une minute environ.', 'Non, ils restent.'],
  },
  plans: {
    ask: [
      'Home couvre une adresse, Studio trois, avec livraison prioritaire.',
      'À cinq, prenez Studio : comptes partagés et montage offert.',
      'Oui, vous ne payez que la différence des jours restants.',
    ],
    more: ['Oui, deux mois offerts.', 'Oui, en fin de mois.'],
  },
  price: {
    ask: ['{item} coûte {amount} livré.', 'Oui, 10 % dès deux.', 'Oui, envoyez-moi le lien.'],
    more: ['Jusqu’au {date}.', 'Oui, trois fois sans frais.'],
  },
  stock: {
    ask: [
      'Oui, il en reste {days} en noyer.',
      '{item} revient le {date}.',
      'Lyon en a {days}. Je peux en garder un 48 heures.',
    ],
    more: ['Oui, par e-mail.', 'C’est réservé 48 heures.'],
  },
  delivery: {
    ask: [
      '{days} jours ouvrés, et {amount}.',
      'Oui, même sans ascenseur.',
      'Oui, premier créneau le {date}.',
    ],
    more: ['Oui, il est compris.', 'Oui, gratuitement si vous prévenez.'],
  },
  auth: {
    ask: [
      'Créez un second jeton, basculez, puis révoquez le premier. Voir « Authentification », section 3.',
      'Souvent l’environnement : un jeton de test ne vaut pas en production.',
      '`read:objects` et `read:events` suffisent.',
    ],
    more: ['90 jours, ou selon votre choix.', 'Oui, cinq par projet.'],
  },
  install: {
    ask: [
      'Notez la version exacte dans le manifeste ; la ligne est dans le guide.',
      'Indiquez l’autorité de votre proxy, voir « Réseaux d’entreprise ».',
      'Les lectures oui, du cache. Les écritures attendent le réseau.',
    ],
    more: ['Node 20 ou plus.', 'Oui, une étiquette par version.'],
  },
  webhooks: {
    ask: [
      'Calculez le HMAC du corps brut et comparez à l’en-tête.',
      'Cela arrive : filtrez par identifiant d’événement.',
      'Jusqu’à {days}, de plus en plus espacées.',
    ],
    more: ['Oui, sous « Livraisons ».', 'Sans ordre sûr : triez par l’heure de l’événement.'],
  },
  limits: {
    ask: [
      '600 requêtes par minute et par jeton.',
      'Ce que dit Retry-After.',
      'Oui, écrivez au support ; ou l’API par lots.',
    ],
    more: ['Par jeton.', 'Oui, cent objets comptent pour une requête.'],
  },
};
