import type { Answers } from './phrasebook.ts';

/** One for each question of `pt.ts`, in its order. */
export const answersPt: Answers = {
  refund: {
    ask: [
      'A devolução de {order} foi aceite. Os {amount} saem hoje e chegam em {days} dias úteis.',
      'Recebemos {item} a {date}; o reembolso de {amount} está aprovado e chega em {days} dias úteis.',
      'Em «As minhas encomendas», «Devolver». A etiqueta é grátis; depois devolvemos {amount}.',
      'Tem razão, um vale foi descontado duas vezes. O reembolso de {order} está corrigido.',
      'Por segurança vai para o cartão com que pagou.',
    ],
    more: ['Sim, para o mesmo cartão.', 'Não, a devolução é grátis.', 'Sim, por e-mail.'],
  },
  order: {
    ask: [
      '{order} está em distribuição e chega a {date}.',
      'A transportadora tinha-a parada. Já reclamei; segue hoje.',
      'Está no ponto de recolha; envio a morada e o código.',
    ],
    more: ['Sim, diga-me o ponto de recolha.', 'Fica {days} dias no ponto de recolha.'],
  },
  cancel: {
    ask: [
      'Feito: {order} está cancelada e nada será cobrado.',
      'Cancelei uma; {item} vem só uma vez.',
      'Sim, ainda não tinha saído. {item} está cancelado.',
    ],
    more: ['Sim, já vai a caminho.', 'Não, volta a ser válido.'],
  },
  address: {
    ask: [
      'A morada de {order} foi alterada. A entrega mantém-se a {date}.',
      'O número da porta de {order} está corrigido.',
      'Sim, {item} vai para o escritório. Quem recebe?',
    ],
    more: ['Não, mantém-se a {date}.', 'Sim, na sua conta.'],
  },
  invoice: {
    ask: [
      'A fatura de {order} com NIF foi enviada.',
      'Em «As minhas encomendas», junto de {item}.',
      'O nome na fatura de {date} está corrigido.',
    ],
    more: ['Sim, enviada para {email}.', 'Sim, três anos.'],
  },
  damaged: {
    ask: [
      'Lamento. Um novo {item} segue sem custos, previsto para {date}.',
      'A peça sai hoje e chega em {days} dias.',
      'Não o use, por favor. Recolhemos e enviamos o vidro em {days} dias.',
    ],
    more: ['Se puder, sim, por causa da transportadora.', 'A {date}.'],
  },
  account: {
    ask: [
      'Enviei um novo link, válido por uma hora.',
      'A conta tem agora {email}.',
      'Desta vez envio por SMS.',
    ],
    more: ['Cerca de um minuto.', 'Não, ficam.'],
  },
  plans: {
    ask: [
      'Home cobre uma morada, Studio três, com entrega prioritária.',
      'Para cinco convém o Studio: contas partilhadas e montagem grátis.',
      'Sim, paga só a diferença dos dias que faltam.',
    ],
    more: ['Sim, dois meses grátis.', 'Sim, no fim do mês.'],
  },
  price: {
    ask: [
      '{item} fica em {amount} com entrega.',
      'Sim, 10 % a partir de dois.',
      'Sim, envie-me o link.',
    ],
    more: ['Até {date}.', 'Sim, três sem juros.'],
  },
  stock: {
    ask: [
      'Sim, restam {days} em nogueira.',
      '{item} volta a {date}.',
      'No Porto há {days}. Posso guardar um 48 horas.',
    ],
    more: ['Sim, por e-mail.', 'Reservado por 48 horas.'],
  },
  delivery: {
    ask: [
      '{days} dias úteis, e {amount}.',
      'Sim, mesmo sem elevador.',
      'Sim, a primeira vaga é {date}.',
    ],
    more: ['Sim, inclui.', 'Sim, grátis se avisar.'],
  },
  auth: {
    ask: [
      'Crie um segundo token, troque, e revogue o primeiro. Ver «Autenticação», secção 3.',
      'Costuma ser o ambiente: tokens de teste não valem em produção.',
      'Bastam `read:objects` e `read:events`.',
    ],
    more: ['90 dias, ou o que definir.', 'Sim, até cinco por projeto.'],
  },
  install: {
    ask: [
      'Fixe a versão exata no manifesto; a linha está no guia.',
      'Indique a CA do proxy, ver «Redes de empresa».',
      'As leituras sim, da cache. As escritas esperam pela rede.',
    ],
    more: ['Node 20 ou mais recente.', 'Sim, uma etiqueta por versão.'],
  },
  webhooks: {
    ask: [
      'Calcule o HMAC do corpo em bruto e compare com o cabeçalho.',
      'Acontece: descarte pelo id do evento.',
      'Até {days} vezes, cada vez mais espaçadas.',
    ],
    more: ['Sim, em «Entregas».', 'Sem ordem certa: ordene pela hora do evento.'],
  },
  limits: {
    ask: [
      'São 600 pedidos por minuto e token.',
      'O que disser Retry-After.',
      'Sim, escreva ao suporte; ou use a API em lote.',
    ],
    more: ['Por token.', 'Sim, cem objetos contam como um pedido.'],
  },
};
