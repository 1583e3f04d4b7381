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

/** `[name, code]` of each; `isGraph` when the query gives triples. */
export function snippets(endpoint, query, isGraph) {
  const type = isGraph ? "text/turtle" : "text/csv";
  return [
    [
      "curl",
      `# --fail: an error is an error; a cut transfer ends with status 18.
curl --fail --compressed ${shell(endpoint)} \\
  --header ${shell(`Accept: ${type}`)} \\
  --data-urlencode ${shell(`query=${query}`)}
`,
    ],
    [
      "Python · requests",
      isGraph
        ? `import requests

query = ${python(query)}
answer = requests.post(
    ${JSON.stringify(endpoint)},
    data={"query": query},
    headers={"Accept": "text/turtle"},
    timeout=60,
)
answer.raise_for_status()
print("generation", answer.headers["Affiche-Generation"])
print(answer.text)
`
        : `import requests

query = ${python(query)}
answer = requests.post(
    ${JSON.stringify(endpoint)},
    data={"query": query},
    headers={"Accept": "application/sparql-results+json"},
    timeout=60,
)
answer.raise_for_status()
print("generation", answer.headers["Affiche-Generation"])
for row in answer.json()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})
`,
    ],
    [
      "Python · SPARQLWrapper",
      `from SPARQLWrapper import ${isGraph ? "TURTLE" : "JSON"}, SPARQLWrapper

sparql = SPARQLWrapper(${JSON.stringify(endpoint)})
sparql.setReturnFormat(${isGraph ? "TURTLE" : "JSON"})
sparql.setQuery(${python(query)})
${
  isGraph
    ? `print(sparql.query().convert().decode())
`
    : `for row in sparql.query().convert()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})
`
}`,
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
${
  isGraph
    ? `cat(resp_body_string(answer))
`
    : `rows <- read.csv(text = resp_body_string(answer))
`
}`,
    ],
  ];
}
