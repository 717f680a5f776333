// Each route is tried with a key of its own, which a reload changes: two with one key would clash.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");
fetch("/openapi.json").then((answer) => answer.json()).then((spec) => {
  for (const methods of Object.values(spec.paths)) {
    for (const operation of Object.values(methods)) {
      operation.parameters = operation.parameters?.map((parameter) =>
        parameter.$ref
          ? {...spec.components.parameters["Idempotency-Key"], example: newKey()}
          : parameter);
    }
  }
  SwaggerUIBundle({spec, dom_id: "#ui", deepLinking: true, validatorUrl: null});
});
