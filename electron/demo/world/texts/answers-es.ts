import type { Answers } from './phrasebook.ts';

/** One for each question of `es.ts`, in its order. */
export const answersEs: Answers = {
  refund: {
    ask: [
      'La devolución del pedido {order} está aceptada. Los {amount} salen hoy hacia la tarjeta con la que pagaste y suelen verse en {days} días laborables.',
      'He anulado {item} del pedido {order} y pedido el reembolso de {amount}. Según nuestra política, el banco lo abona en {days} días laborables como máximo.',
      'La opción está en «Mis pedidos», {order}, «Devolver». Te la acabo de abrir: elige el motivo y descarga la etiqueta, que es gratuita.',
      'Recibimos {item} en el almacén el {date}. El reembolso de {amount} se aprobó ese mismo día y debería verse en {days} días laborables.',
      'Según nuestra política de devoluciones, los {amount} llegan en {days} días laborables desde que recibimos el paquete.',
      'Puedes devolverlo durante 30 días. Te envío la etiqueta por correo; cuando llegue {item}, te abonamos {amount}.',
      'El abono del pedido {order} salió el {date}. Si tu banco no lo muestra en {days} días laborables, te envío el justificante.',
      'Sí: en una devolución completa también se abonan los gastos de envío. En total son {amount} por el pedido {order}.',
      'El paquete está en revisión desde el {date}. En cuanto se cierre, hoy o mañana, sale el reembolso de {amount}.',
      'Por seguridad, el reembolso del pedido {order} va siempre a la tarjeta con la que se pagó. Si está cancelada, tu banco te lo abona en la cuenta.',
      'La solicitud de {item} está registrada. Te he reenviado la confirmación y la etiqueta a tu correo.',
      'Tienes razón: se descontó un cupón que no tocaba. Corrijo el reembolso de {item}; la diferencia llega en {days} días laborables.',
    ],
    more: [
      'Sí, va a la misma tarjeta con la que pagaste.',
      'No, los gastos de la devolución corren de nuestra cuenta.',
      'Sí, te escribimos un correo en cuanto se haga el ingreso.',
      'Si pasan más de {days} días laborables, te mando el justificante para el banco.',
    ],
  },
  order: {
    ask: [
      'El pedido {order} está en reparto y llega el {date}. Te mando el enlace de seguimiento por correo.',
      'El transportista lo tiene parado en su centro. He reclamado el pedido {order}; se mueve hoy y llega en {days} días.',
      'El repartidor lo dejó en el punto de recogida. Te envío la dirección y el código para recoger {item}.',
      '{item} salió del almacén ayer. La entrega está prevista para el {date}.',
      'Va con retraso, lo siento. {item} llega el {date}; te devolvemos los gastos de envío.',
    ],
    more: [
      'Sí, dime el punto de recogida y lo cambio.',
      'Suele pasar entre las 10 y las 14 h; recibirás un SMS antes.',
      'Se deja en el punto de recogida más cercano durante {days} días.',
    ],
  },
  cancel: {
    ask: [
      'Hecho: el pedido {order} queda cancelado y no se cobrará nada.',
      'He cancelado uno de los dos. Solo recibirás {item} una vez y te devolvemos {amount}.',
      'Sí, todavía no había salido. He anulado {item}; recibirás la confirmación en unos minutos.',
      'La compra de {amount} queda cancelada. El cargo desaparece en {days} días laborables.',
    ],
    more: ['Sí, ya está de camino a tu correo.', 'No, el cupón vuelve a estar disponible.'],
  },
  address: {
    ask: [
      'He cambiado la dirección del pedido {order}. La entrega sigue prevista para el {date}.',
      'Corregido: el número de la calle del pedido {order} ya es el bueno.',
      'Sí, {item} irá a la oficina. Dime quién lo recoge y lo anoto.',
      'Hecho, el paquete va a la nueva dirección. No tiene coste.',
    ],
    more: ['No, la entrega sigue para el {date}.', 'Sí, queda guardada en tu cuenta.'],
  },
  invoice: {
    ask: [
      'Te he enviado la factura del pedido {order} con tu NIF.',
      'En «Mis pedidos», junto a {item}, tienes «Descargar factura».',
      'He corregido el nombre de la factura del {date} y te la reenvío.',
      'Ya la tienes con el IVA desglosado: {amount} en total.',
    ],
    more: [
      'Sí, la envío a {email} ahora mismo.',
      'Sí, la factura sirve como garantía durante tres años.',
    ],
  },
  damaged: {
    ask: [
      'Siento que haya llegado así. Te envío otra unidad de {item} sin coste; llega el {date}.',
      'He pedido la pieza que falta. Sale hoy y llega en {days} días.',
      'Lo siento. Podemos cambiarlo o descontarte {amount}; dime qué prefieres.',
      'No lo uses, por favor. Recogemos {item} en casa y enviamos el cristal en {days} días.',
    ],
    more: ['Si puedes, sí: ayuda a reclamar al transportista.', 'El recambio llega el {date}.'],
  },
  account: {
    ask: [
      'Te acabo de enviar un enlace nuevo; caduca en una hora.',
      'He actualizado el correo de tu cuenta a {email}.',
      'Te lo mando por SMS esta vez. Mira también en el correo no deseado.',
      'He iniciado el borrado. Recibirás un correo para confirmarlo; se completa en {days} días.',
    ],
    more: ['Llega en un minuto.', 'No, los puntos se conservan.'],
  },
  plans: {
    ask: [
      'Hogar cubre una dirección; Estudio, hasta tres, con entrega prioritaria.',
      'Para cinco personas os conviene Estudio: cuentas compartidas y montaje gratis.',
      'Sí, cuando quieras. Solo pagas la diferencia de los días que quedan.',
    ],
    more: ['Sí, con el pago anual hay dos meses gratis.', 'Puedes bajar al final de cada mes.'],
  },
  price: {
    ask: [
      '{item} sale por {amount} con el envío incluido.',
      'Sí, desde dos unidades hay un 10 % de descuento.',
      'Si es una tienda de la UE, sí: mándame el enlace e igualo el precio.',
    ],
    more: ['La oferta dura hasta el {date}.', 'Sí, en tres plazos sin intereses.'],
  },
  stock: {
    ask: [
      'Sí, quedan {days} unidades en nogal.',
      '{item} vuelve el {date}.',
      'En Valencia quedan {days}. Te puedo guardar una 48 horas.',
    ],
    more: ['Sí, te aviso por correo.', 'Reservado durante 48 horas.'],
  },
  delivery: {
    ask: [
      'A Canarias tarda {days} días laborables y el envío cuesta {amount}.',
      'Sí, la entrega en casa incluye subirlo, también sin ascensor.',
      'Sí, el primer hueco es el {date}.',
    ],
    more: ['Sí, el montaje está incluido.', 'Sí, lo retiramos gratis si nos avisas antes.'],
  },
  auth: {
    ask: [
      'Crea un segundo token, cámbialo en tus servicios y revoca el primero: los dos valen a la vez. Está en «Autenticación», apartado 3.',
      'Suele ser el entorno: los tokens de prueba no valen en producción.',
      'Basta con `read:objects` y `read:events`.',
    ],
    more: ['90 días, o lo que pongas al crearlo.', 'Sí, hasta cinco por proyecto.'],
  },
  install: {
    ask: [
      'Fija la versión exacta en tu manifiesto; la guía de instalación tiene el ejemplo.',
      'Se arregla indicando el CA de tu proxy, ver «Redes de empresa».',
      'Las lecturas sí, de la caché. Las escrituras se guardan y salen al volver la red.',
    ],
    more: ['Node 20 o posterior.', 'Sí, con una etiqueta por versión.'],
  },
  webhooks: {
    ask: [
      'Calcula el HMAC del cuerpo sin procesar y compáralo con la cabecera de firma.',
      'Puede ocurrir: usa el id del evento para descartar repetidos.',
      'Hasta {days} veces, cada vez más espaciadas.',
    ],
    more: [
      'Sí, en «Entregas», con su respuesta.',
      'El orden no está garantizado: usa la hora del evento.',
    ],
  },
  limits: {
    ask: [
      'Son 600 peticiones por minuto y token.',
      'Lo que diga la cabecera Retry-After.',
      'Sí, escribe a soporte con la fecha; o usa la API por lotes.',
    ],
    more: ['Por token.', 'Sí, cien objetos cuentan como una petición.'],
  },
};
