/* Preloaded behind AddressSanitizer's runtime, whose start hangs in the stock server: it
 * initialises itself at the first malloc, which there comes from within the loader.  This
 * object's constructor runs before all others' and makes that first call in peace.
 *
 * Link with -Wl,-z,initfirst.
 */
#include <stdlib.h>

__attribute__((constructor)) static void malloc_first(void)
{
	free(malloc(1));
}
