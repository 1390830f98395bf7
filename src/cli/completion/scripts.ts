import { type Candidate, optionsByValue, type Place } from './grammar.ts'

/** A text between single quotes, as the Bourne shells and zsh read it. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const joined = (words: readonly string[]) => words.map(quoted).join('|')
const wordsOf = (candidates: readonly Candidate[]) => candidates.map(({ word }) => word).join(' ')
const paths = (places: readonly Place[]) => places.flatMap(({ path }) => (path === '' ? [] : path))

function cases(entries: readonly (readonly [pattern: string, action: string])[]): string {
  return entries
    .filter(([pattern]) => pattern !== '')
    .map(([pattern, action]) => `    ${pattern}) ${action} ;;`)
    .join('\n')
}

function bash(places: readonly Place[]): string {
  const { files, others, choices } = optionsByValue(places)
  const reply = (how: string) => `COMPREPLY=($(compgen ${how} -- "$word"))`
  return `# Completions of ostiary for bash: eval "$(ostiary completion bash)"
_ostiary() {
  local IFS=$' \\t\\n' word=\${COMP_WORDS[COMP_CWORD]} place='' verbs='' options='' file='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${place:+$place }\${COMP_WORDS[i]}" in
      ${joined(paths(places))}) place="\${place:+$place }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$place" in
${cases(
  places.map(({ path, verbs, options, takesFile }) => [
    quoted(path),
    `verbs=${quoted(wordsOf(verbs))} options=${quoted(wordsOf(options))} file=${takesFile ? 'yes' : "''"}`,
  ]),
)}
  esac
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${cases([
  [joined(files), 'verbs="" options="" file=yes'],
  [joined(others), 'return'],
])}
  esac
  case "$place \${COMP_WORDS[COMP_CWORD-1]}" in
${cases(
  choices.map(([flag, values]) => [
    quoted(flag),
    `verbs=${quoted(values.join(' '))} options="" file=""`,
  ]),
)}
  esac
  if [[ $word == -* ]]; then verbs=$options; fi
  ${reply('-W "$verbs"')}
  if [[ -n $file && $word != -* ]]; then
    IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    ${reply('-f')}
  fi
}
complete -F _ostiary ostiary
`
}

function zsh(places: readonly Place[]): string {
  const { files, others, choices } = optionsByValue(places)
  const described = (candidates: readonly Candidate[]) =>
    candidates.map(({ word, description }) => quoted(`${word}:${description}`)).join(' ')
  return `#compdef ostiary
# Completions of ostiary for zsh: eval "$(ostiary completion zsh)"
_ostiary() {
  local place='' file='' i
  local -a verbs options
  case "$words[CURRENT-1]" in
${cases([
  [joined(files), '_files; return'],
  [joined(others), 'return 1'],
])}
  esac
  for ((i = 2; i < CURRENT; i++)); do
    case "\${place:+$place }$words[i]" in
      ${joined(paths(places))}) place="\${place:+$place }$words[i]" ;;
    esac
  done
  case "$place $words[CURRENT-1]" in
${cases(
  choices.map(([flag, values]) => [
    quoted(flag),
    `compadd -- ${values.map(quoted).join(' ')}; return`,
  ]),
)}
  esac
  case "$place" in
${cases(
  places.map(({ path, verbs, options, takesFile }) => [
    quoted(path),
    `verbs=(${described(verbs)}) options=(${described(options)}) file=${takesFile ? 'yes' : "''"}`,
  ]),
)}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe option options
  elif [[ -n $file ]]; then
    _files
  else
    _describe verb verbs
  fi
}
if [[ $funcstack[1] == _ostiary ]]; then _ostiary "$@"; else compdef _ostiary ostiary; fi
`
}

/** Fish knows two escapes between single quotes. */
const fishQuoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

function fishLines({ path, verbs, options, takesFile }: Place): string[] {
  const at = `complete -c ostiary -n ${fishQuoted(`__ostiary_at ${path}`.trim())}`
  const described = ({ description }: Candidate) =>
    description === '' ? '' : ` -d ${fishQuoted(description)}`
  const valued = { none: '', file: ' -r -F', any: ' -x' } as const
  return [
    ...(takesFile ? [`${at} -F`] : []),
    ...verbs.map((verb) => `${at} -a ${fishQuoted(verb.word)}${described(verb)}`),
    ...options.map((option) => {
      const { word, value } = option
      const next =
        typeof value === 'string' ? valued[value] : ` -x -a ${fishQuoted(value.join(' '))}`
      return `${at} -l ${word.slice(2)}${next}${described(option)}`
    }),
  ]
}

function fish(places: readonly Place[]): string {
  return `# Completions of ostiary for fish: ostiary completion fish | source
set -g __ostiary_places ${paths(places).map(fishQuoted).join(' ')}
function __ostiary_at
    set -l place
    for word in (commandline -opc)[2..]
        if contains -- (string join ' ' -- $place $word) $__ostiary_places
            set -a place $word
        end
    end
    test "$place" = "$argv"
end
complete -c ostiary -f
${places.flatMap(fishLines).join('\n')}
`
}

/** The script of each shell that completes the verbs and options of these places. */
export const completionScripts = { bash, zsh, fish } as const
