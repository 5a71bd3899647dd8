import { parentPort, workerData } from 'node:worker_threads'
import { compareEngines, type Share } from './compare-engines.ts'

parentPort?.postMessage(compareEngines(workerData as Share))
