/** What tests share: golden numbers, seeded data, independent oracles. */
package ml.refract.testing;
