// Lets the browser ask the person for a passkey, and sends what it answered in the form's hidden field.
'use strict';

document.querySelector('[data-passkey]').addEventListener('click', async (event) => {
  const form = event.target.form;
  const { creation, request } = form.dataset;
  const credential = creation
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(creation)) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(request)) });
  form.elements.passkey.value = JSON.stringify(credential.toJSON());
  form.submit();
});
