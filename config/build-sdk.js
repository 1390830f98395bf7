// Makes dist/sdk (or the folder that is named) a package of its own: ES modules, CommonJS beside them,
// and jose as all it needs.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const out = resolve(process.argv[2] ?? join(root, 'dist/sdk'))

function compile(project, folder) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', project, '--outDir', folder]
  execFileSync(process.execPath, args, { stdio: 'inherit' })
}

function writeJson(file, content) {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
}

/** The nearest package.json decides what a module becomes: hence a copy beside one that says CommonJS. */
function compileCommonJs() {
  const copy = mkdtempSync(join(tmpdir(), 'ostiary-sdk-'))
  try {
    cpSync(join(root, 'src/sdk'), join(copy, 'src'), { recursive: true })
    writeJson(join(copy, 'package.json'), { type: 'commonjs' })
    writeJson(join(copy, 'tsconfig.json'), {
      extends: join(root, 'config/tsconfig.sdk.json'),
      // The types were checked with the ES modules.
      compilerOptions: {
        noCheck: true,
        verbatimModuleSyntax: false,
        rootDir: join(copy, 'src'),
      },
      include: [join(copy, 'src')],
    })
    compile(copy, join(out, 'cjs'))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  writeJson(join(out, 'cjs/package.json'), { type: 'commonjs' })
}

const { version, license, dependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const forms = (folder) => ({ types: `./${folder}index.d.ts`, default: `./${folder}index.js` })

rmSync(out, { recursive: true, force: true })
compile(join(root, 'config/tsconfig.sdk.json'), out)
compileCommonJs()
const page = join(root, 'docs/sdk.md')
// An image is built without the pages.
if (existsSync(page)) cpSync(page, join(out, 'README.md'))
writeJson(join(out, 'package.json'), {
  name: 'ostiary-sdk',
  version,
  description: 'Token source, verifier and admin client of Ostiary',
  license,
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20' },
  exports: { '.': { import: forms(''), require: forms('cjs/') } },
  types: './index.d.ts',
  main: './cjs/index.js',
  dependencies: { jose: dependencies.jose },
})
