/**
 * Why WebGPU cannot find any hardware here, as the end of a sentence: on Linux it goes through Vulkan's loader, which
 * no package of npm brings. The system's own search decides, so libraries in unusual folders count.
 *
 * @param loader file name of the shared library
 */
export function vulkanFault(loader = 'libvulkan.so.1'): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    process.dlopen({ exports: {} }, loader);
  } catch (error) {
    // A library that exists is refused as well, since it is no module of Node's.
    if (!/cannot open shared object file/.test(String(error))) return undefined;
    return 'no Vulkan loader: install libvulkan1 (Debian, Ubuntu), vulkan-loader (Fedora) or vulkan-icd-loader (Arch)';
  }
  return undefined;
}
