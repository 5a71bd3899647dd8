#!/usr/bin/env node
import { launch } from './launch.mjs'

launch('services/cli/main.ts', process.argv.slice(2))
