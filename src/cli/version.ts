/** Filled in by the build, from package.json. */
declare const DPO_LAB_VERSION: string;

export const VERSION = DPO_LAB_VERSION;
