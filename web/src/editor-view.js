// The text editor: CodeMirror in a shadow root, so that the styles that it makes are a style
// sheet object and not an element, which the page's Content-Security-Policy would not allow.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintKeymap, linter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

/** The site's colours, which are variables and so follow the reader's preference. */
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.92rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", minHeight: "19rem", maxHeight: "34rem", overflow: "auto" },
  ".cm-content": { padding: "0.7rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--line) 40%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--good-paper)", color: "var(--good)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-paper)", color: "var(--bad)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--soft)", borderRadius: "0.3rem", maxWidth: "min(34rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.85rem", maxHeight: "16rem", maxWidth: "min(34rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionDetail": { color: "var(--soft)", fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "0.8em" },
  ".cm-completionInfo": { fontFamily: "var(--sans)", fontSize: "0.85rem", padding: "0.4rem 0.7rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", fontSize: "0.88rem", padding: "0.4rem 0.7rem", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1.5px", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-lintPoint-error::after": { borderBottomColor: "var(--bad)" },
  ".cm-line.fault": { backgroundColor: "var(--bad-paper)" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--note)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.url, tags.namespace, tags.propertyName, tags.labelName], color: "var(--warn)" },
  { tag: [tags.number, tags.bool, tags.literal], color: "var(--good)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

/**
 * Text typed over a selection is put in by us: the browser would keep the look of what it
 * replaces in a `style` attribute, which the page's policy forbids and reports.
 */
function typeOverSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== "insertText" || !event.data || event.isComposing) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const isTaken = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, insert));
  if (!isTaken) view.dispatch(insert());
  return true;
}

/** CodeMirror's own words in French; English is what it speaks. */
const FRENCH = {
  "Control character": "Caractère de contrôle",
  Completions: "Propositions",
  Diagnostics: "Fautes",
  "No diagnostics": "Aucune faute",
};

/** The first place where the text stops being SPARQL, as far as the editor's grammar knows. */
function firstFault(words) {
  return (view) => {
    const found = [];
    if (view.state.doc.toString().trim() === "") return found;
    syntaxTree(view.state).iterate({
      enter(node) {
        if (found.length > 0) return false;
        if (node.type.isError) {
          const from = Math.min(node.from, view.state.doc.length);
          found.push({ from, to: Math.max(node.to, from), severity: "error", message: words.say("unexpected") });
        }
        return true;
      },
    });
    return found;
  };
}

/** Whether this is in the middle of a text or a comment, where nothing is to be proposed. */
const isInText = ({ state, pos }) => /comment|string/i.test(syntaxTree(state).resolveInner(pos, -1).name);

export class Editor {
  /** Puts an editor into an element, which becomes the host of a shadow root. */
  constructor(host, { text, words, vocabulary, describedBy, onRun, onChange }) {
    const root = host.attachShadow({ mode: "open" });
    const place = document.createElement("div");
    root.append(place);
    const run = () => {
      onRun();
      return true;
    };
    this.view = new EditorView({
      parent: place,
      root,
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Ctrl-Enter", run }])),
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          EditorView.lineWrapping,
          EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
          EditorState.phrases.of(words.lang === "fr" ? FRENCH : {}),
          EditorState.tabSize.of(2),
          sparql(),
          syntaxHighlighting(colours),
          theme,
          autocompletion({ override: [(context) => (isInText(context) ? null : vocabulary.source(context))], icons: false, maxRenderedOptions: 60 }),
          linter(firstFault(words), { delay: 900 }),
          // Tab is not taken: it leaves the editor, as in any form.
          keymap.of([
            { key: "Ctrl-Space", run: startCompletion },
            { key: "Mod-/", run: toggleComment },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.contentAttributes.of({
            "aria-label": words.say("editor"),
            "aria-description": describedBy,
            // What scrolls must be reachable by keyboard, also where a browser does not count an editable
            // element as such.
            tabindex: "0",
            autocapitalize: "off",
            spellcheck: "false",
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  focus() {
    this.view.focus();
  }

  /** Marks where the server stopped reading; line and column count from 1. */
  mark(line, column, message) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    const rest = doc.sliceString(from, at.to).match(/^(?:[\p{L}\p{N}_:?$-]+|.)/u)?.[0].length ?? 0;
    // At the end of a line there is nothing to underline but what stands before.
    const start = rest === 0 ? Math.max(at.from, from - 1) : from;
    this.view.dispatch(
      setDiagnostics(this.view.state, [{ from: start, to: from + rest, severity: "error", message }]),
    );
  }

  unmark() {
    this.view.dispatch(setDiagnostics(this.view.state, []));
  }

  /** Puts the caret at a line and column, and shows them. */
  goTo(line, column) {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.focus();
  }
}
