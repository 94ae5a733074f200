import { byId, show, themeButton } from './page.js';

show(byId('wrong'), location.search === '?wrong');
themeButton();
