/* SPDX-License-Identifier: Apache-2.0 */
/* The baseline of the screen benchmarks: the least a program of this kind must do. A panel in
 * memory, the same font opened once, one line of text painted; then it sleeps until a line comes.
 *   bench_plain FONT FACE      prints "painted" when the text is on the panel */
#include <SDL.h>
#include <SDL_ttf.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 3 || TTF_Init() != 0)
        return 2;
    SDL_Surface *panel =
        SDL_CreateRGBSurfaceWithFormat(0, 1080, 1920, 32, SDL_PIXELFORMAT_ARGB8888);
    TTF_Font *font = TTF_OpenFontIndex(argv[1], 48, strtol(argv[2], NULL, 10));
    if (!panel || !font)
        return 1;
    SDL_Surface *text =
        TTF_RenderUTF8_Blended(font, "高效办成一件事", (SDL_Color){0x20, 0x30, 0x30, 0xFF});
    SDL_FillRect(panel, NULL, 0xFFF7F5F0);
    if (!text || SDL_BlitSurface(text, NULL, panel, &(SDL_Rect){120, 240, 0, 0}) != 0)
        return 1;
    puts("painted");
    fflush(stdout);
    getchar();
    SDL_FreeSurface(text);
    TTF_CloseFont(font);
    SDL_FreeSurface(panel);
    TTF_Quit();
    return 0;
}
