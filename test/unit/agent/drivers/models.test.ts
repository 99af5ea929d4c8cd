import t from "tap";
import { ratedJoulesPerHash } from "../../../../agent/drivers/models.ts";

const joulesPerTerahash = (model: string): number =>
  Math.round((ratedJoulesPerHash(model, "sha256d") ?? Number.NaN) * 1e13) / 10;

t.test("a model is rated as its maker says, however the firmware spells it", async (t) => {
  t.equal(joulesPerTerahash("Antminer S19 Pro"), 29.5);
  t.equal(joulesPerTerahash("S19 Pro"), 29.5);
  t.equal(joulesPerTerahash("Antminer S19 XP"), 21.5);
  t.equal(joulesPerTerahash("Antminer S21"), 17.5);
  t.equal(joulesPerTerahash("Antminer S9"), 98);
  t.equal(joulesPerTerahash("WhatsMiner M30S++_VH40"), 31);
  t.equal(joulesPerTerahash("M50_VH70"), 29);
  t.equal(joulesPerTerahash("BM1370"), 14.2);
  t.equal(ratedJoulesPerHash("Antminer L7", "scrypt"), 3425 / 9.5e9);
});

t.test("an unknown model, or one that mines something else, is not rated", async (t) => {
  for (const model of [undefined, "", "RTX 3080", "Antminer S99", "xS19"])
    t.equal(ratedJoulesPerHash(model, "sha256d"), undefined, String(model));
  t.equal(ratedJoulesPerHash("Antminer S19", "scrypt"), undefined);
});
