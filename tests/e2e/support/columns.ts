/** The positions of some columns in the table. */
export const T1 = 0;
export const W1 = 4;
export const H1 = 8;
export const AH1 = 9;
export const W5 = 12;
export const AO1 = 17;
export const E_TOTAL = 22;
export const G1 = 23;
export const G5 = 27;
export const DO1 = 31;
