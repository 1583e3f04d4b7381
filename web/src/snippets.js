// The query as a few lines of code. Each of them fails loudly when the answer is not whole.

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A text between three double quotes, which Python reads back as it was. */
const python = (text) => `"""${text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"')}"""`;

/** R's raw string (R 4.0 or newer), with as many dashes as it takes. */
function r(text) {
  let dashes = "";
  while (text.includes(`)${dashes}"`)) dashes += "-";
  return `r"${dashes}(${text})${dashes}"`;
}

/** What to ask for, and how to print it, by what the query gives. */
const KINDS = {
  table: {
    type: "text/csv",
    python: {
      accept: "application/sparql-results+json",
      print: `for row in answer.json()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})`,
    },
    wrapper: {
      format: "JSON",
      print: `for row in sparql.query().convert()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})`,
    },
    r: "rows <- read.csv(text = resp_body_string(answer))",
  },
  boolean: {
    type: "application/sparql-results+json",
    python: { accept: "application/sparql-results+json", print: `print(answer.json()["boolean"])` },
    wrapper: { format: "JSON", print: `print(sparql.query().convert()["boolean"])` },
    r: "resp_body_json(answer, check_type = FALSE)$boolean",
  },
  graph: {
    type: "text/turtle",
    python: { accept: "text/turtle", print: "print(answer.text)" },
    wrapper: { format: "TURTLE", print: "print(sparql.query().convert().decode())" },
    r: "cat(resp_body_string(answer))",
  },
};

/** `[name, code]` of each; the kind is that of an answer: `table`, `boolean` or `graph`. */
export function snippets(endpoint, query, kind) {
  const { type, python: json, wrapper, r: show } = KINDS[kind];
  return [
    [
      "curl",
      `# An error ends with status 22, a transfer that was cut with 18.
curl --fail --compressed ${shell(endpoint)} \\
  --header ${shell(`Accept: ${type}`)} \\
  --data-urlencode ${shell(`query=${query}`)}
`,
    ],
    [
      "Python · requests",
      `import requests

query = ${python(query)}
answer = requests.post(
    ${JSON.stringify(endpoint)},
    data={"query": query},
    headers={"Accept": "${json.accept}"},
    timeout=60,
)
answer.raise_for_status()
print("generation", answer.headers["Affiche-Generation"])
${json.print}
`,
    ],
    [
      "Python · SPARQLWrapper",
      `from SPARQLWrapper import ${wrapper.format}, SPARQLWrapper

sparql = SPARQLWrapper(${JSON.stringify(endpoint)})
sparql.setReturnFormat(${wrapper.format})
sparql.setQuery(${python(query)})
${wrapper.print}
`,
    ],
    [
      "R · httr2",
      `library(httr2)

query <- ${r(query)}
answer <- request(${JSON.stringify(endpoint)}) |>
  req_headers(Accept = "${type}") |>
  req_body_form(query = query) |>
  req_perform()
resp_header(answer, "Affiche-Generation")
${show}
`,
    ],
  ];
}
