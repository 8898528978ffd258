/**
 * The compute seam: engines that evaluate kernel tiles and tile arithmetic, packed points, worker threads, the memory
 * plan, and the execution context that carries them.
 */
@NullMarked
package ml.refract.engine;

import org.jspecify.annotations.NullMarked;
