import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DesignFile, Measurement } from '@battery-passport/schemas';

/** The virtual cells that PyBaMM made (`estimator/validation`), with what they were given. */
const DIRECTORY = resolve(import.meta.dirname, '../../validation');

export interface Truth {
  design: string;
  class: string;
  lli: number;
  lamPe: number;
  lamNe: number;
  crackAreaRatio: number;
  surfaceLayerRatio: number;
  capacityAh: number;
  sensorProfile: Measurement['sensorProfile'];
}

function read(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(DIRECTORY, ...path), 'utf8'));
}

export const VALIDATION_DIRECTORY = DIRECTORY;
export const truths = read('truth.json') as Record<string, Truth>;
/** A fresh copy each time, so that a test may spoil it. */
export const designNamed = (designId: string): DesignFile => read('designs', `${designId}.json`) as DesignFile;
export const measurementOf = (packId: string): Measurement => read('cells', `${packId}.json`) as Measurement;
